# Power fails at every write of a sync in turn, sealing included, on the phone and then on the
# server: nothing is lost, nothing is sent twice, no chain forks.
org First: lead Asha, worker Bela in north, worker Mina in north
Bela adds client as case1: alias=Amal, gender=woman
Bela adds contact as visit1: client=case1, date=2026-11-20, condoms=3
Bela edits visit1: condoms+=4
Bela syncs, losing power one write later each time until it goes through
Mina syncs, losing power one write later each time until it goes through
Mina edits visit1: condoms+=5
Mina syncs, the server losing power one write later each time until it goes through
everybody syncs
expect everybody sees case1: alias=Amal, gender=woman
expect everybody sees visit1: condoms=12
expect coordinator sees visit1: condoms=12
expect everybody who may see visit1 sees the same
expect Asha has 1 of contact
expect nothing is pending anywhere
