# A client was moved on the server; the phone that had her kept her, and what was written there
# about her afterwards was refused in silence, or counted for a worker who was never paid for it
# (medic/cht-core#5701, #11306).
org First: lead Asha, worker Bela in north, worker Mina in south
Bela adds client as case1: alias=Amal, population=msm
Bela adds contact as visit1: client=case1, date=2026-11-01, services=condoms, condoms=10
everybody syncs
Asha hands case1 over to south
Asha syncs
2 weeks pass
Bela edits case1: phone=111, notes+=moved house
Bela edits visit1: condoms+=5
Bela adds contact as visit2: client=case1, date=2026-11-20, services=hiv_test
everybody syncs
everybody syncs
expect Bela does not have case1
expect Bela does not have visit1
expect Bela does not have visit2
expect Mina sees case1: alias=Amal, phone=111, notes=moved house, population=msm
expect Mina sees visit1: condoms=15
expect Mina sees visit2: services=hiv_test
expect Asha sees visit1: condoms=15
expect coordinator sees visit1: condoms=15
expect coordinator has 2 of contact
expect coordinator does not see case1 alias
expect nothing is pending anywhere
