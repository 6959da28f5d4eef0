# The server stored what was sent, and its answer was lost: sending again must not count twice.
org First: lead Asha, worker Bela in north, worker Mina in north
Bela adds contact as visit1: date=2026-11-20, condoms=3
Bela syncs
Bela edits visit1: condoms+=4
Bela adds client as case1: alias=Amal
link cuts the answer after 0 bytes
Bela syncs, and fails: no link
expect Bela has something pending
Mina syncs
expect Mina sees visit1: condoms=7
Bela edits visit1: condoms+=1
link cuts the answer after 40 bytes
Bela syncs, and fails: no link
Bela syncs
Bela's last request arrives again
everybody syncs
expect everybody sees visit1: condoms=8
expect Mina has 1 of client
expect everybody who may see visit1 sees the same
expect nothing is pending anywhere
