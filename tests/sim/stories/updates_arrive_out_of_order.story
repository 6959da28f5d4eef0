# Offline updates that arrived out of order broke the state of what they updated
# (getodk/central#669): here old requests arrive again after newer ones, from two phones.
org First: lead Asha, worker Bela in north, worker Mina in north
Bela adds client as case1: alias=Amal, phone=1
Bela syncs
Mina syncs
Bela edits case1: phone=2
link cuts the answer after 0 bytes
Bela syncs, and fails: no link
Bela edits case1: phone=3
Mina edits case1: area=hill
Mina syncs
Bela's last request arrives again
Bela syncs
Mina syncs
Mina edits case1: phone=4
Mina syncs
Bela's last request arrives again
Mina's last request arrives again
everybody syncs
expect everybody sees case1: alias=Amal, phone=4, area=hill
expect everybody sees no conflict on case1
expect everybody who may see case1 sees the same
expect nothing is pending anywhere
