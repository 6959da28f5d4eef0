# Found by random worlds: what was written as a whole from an old screen took away what others had
# added since, unseen: elements of a set, consent, and counts of other keys.
org First: lead Asha, worker Bela in north, worker Mina in north
Bela adds contact as visit1: date=2026-11-20, services=condoms,hiv_test
Bela adds client as case1: alias=Amal, consent=record
Asha adds activity as day1: type=outreach, date=2026-11-20, reached=msm=4
everybody syncs
Mina looks at visit1 (visit)
Mina looks at case1 (case)
Mina looks at day1 (day)
Bela edits visit1: services+=counselling
Bela edits case1: consent+=contact
Bela edits day1: reached=hijra=3,msm=4
Bela syncs
Mina syncs
Mina edits visit1 by what was seen at (visit): services=condoms,prep
Mina edits case1 by what was seen at (case): consent=record,report
Mina edits day1 by what was seen at (day): reached=pwid=2,msm=4
everybody syncs
expect everybody sees visit1: services=condoms,counselling,prep
expect everybody sees case1: consent=contact,record,report
expect everybody sees day1: reached=hijra:3,msm:4,pwid:2
expect everybody sees no conflict on day1
expect everybody who may see visit1 sees the same
