# Found by random worlds: a set that was written as a whole from an old screen took away what others
# had added since, unseen.
org First: lead Asha, worker Bela in north, worker Mina in north
Bela adds contact as visit1: date=2026-11-20, services=condoms,hiv_test
everybody syncs
Mina looks at visit1 (look1)
Bela edits visit1: services+=counselling
Bela syncs
Mina syncs
Mina edits visit1 by what was seen at (look1): services=condoms,prep
everybody syncs
expect everybody sees visit1: services=condoms,counselling,prep
expect everybody who may see visit1 sees the same
