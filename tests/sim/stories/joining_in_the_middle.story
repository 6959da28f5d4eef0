# Who joins later, with a clock that is wrong, reads all of her caseload and nothing of another's.
org First: lead Asha, worker Bela in north, worker Mina in north
Bela adds client as case1: alias=Amal, gender=hijra
Bela adds client as case2: alias=Asif
Mina edits case1: phone=1, and fails: not found
everybody syncs
Bela edits case1: phone=111
Mina edits case1: phone=222
Mina deletes case2
everybody syncs
worker Rina joins First in north
worker Sita joins First in south
expect Rina sees a conflict on case1 phone between 111 and 222
expect Rina sees case2 deleted
expect Sita does not have case1
everybody syncs
expect everybody who may see case1 sees the same
Sita adds client as case3: alias=Sona
everybody syncs
expect Rina does not have case3
expect Asha sees case3: alias=Sona
expect nothing is pending anywhere
