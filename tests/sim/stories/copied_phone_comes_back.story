# A phone was put back to an old copy of itself. What its person recorded on it stayed there: it must
# not send, and she had no way to bring it over. She joins anew, and everybody has it, once, whatever
# phone loses power in between. Stamps that both copies gave to other writes come between nothing.
org First: lead Asha, worker Bela in north, worker Mina in north
Bela adds client as case1: alias=Amal, phone=1
Bela adds contact as visit1: client=case1, date=2026-11-20, condoms=5
everybody syncs
Bela's phone is copied
Bela edits case1: phone=2
Bela edits visit1: condoms+=100
Bela syncs
Bela's phone is put back to its copy
Bela edits case1: phone=3
Bela edits case1: phone=4
Bela edits visit1: condoms+=7
Bela edits visit1: condoms+=7
Bela adds client as case2: alias=Bina
Bela syncs
expect Bela knows of being an old copy
Bela edits case2: phone=5
worker Bela-again joins First in north
Bela-again carries over what Bela kept, OTHER losing power one write later each time until it is done
Bela-again carries over what Bela kept
Bela-again syncs
Asha syncs
Mina syncs
expect Mina sees case2: alias=Bina, phone=5
expect Mina sees visit1: condoms=119
expect Mina sees a conflict on case1 phone between 2 and 4
Mina resolves case1 phone, keeping 4
Mina syncs
Bela syncs
Bela edits case2: phone=6
Bela edits visit1: condoms+=1
Bela-again carries over what Bela kept, losing power one write later each time until it is done
everybody syncs
expect everybody who may see case2 sees the same
expect Asha sees case1: phone=4
expect Asha sees case2: phone=6
expect Asha sees visit1: condoms=120
