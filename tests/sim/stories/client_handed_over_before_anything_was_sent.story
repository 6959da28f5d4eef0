# A lead added somebody, handed her over and wrote on, all without a link: the new worker got only what
# was written last, because what had moved was taken for something else.
org First: lead Asha, worker Bela in north, worker Mina in south
Asha adds client as case1 in north: alias=Amal, notes=first
Asha hands case1 over to south
Asha edits case1: phone=111
everybody syncs
everybody syncs
expect Mina sees case1: alias=Amal, phone=111, notes=first
expect nothing is pending anywhere
