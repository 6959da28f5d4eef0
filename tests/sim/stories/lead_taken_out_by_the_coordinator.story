# A lead's phone is seized at night, and the coordinator is who can be reached. What the lead wrote and had not sent
# waits for the other lead; the seized phone learns nothing new.
org First: lead Asha, lead Bora, worker Bela in north
Bora syncs
Asha syncs
Asha hands Bora the keys
Asha syncs
Bora syncs
Bela adds client as case1: alias=Amal
everybody syncs
Asha edits case1: alias=Rina
coordinator takes Asha out
coordinator syncs
Bela edits case1: phone=0700 000 001
Bela syncs
Bora syncs
Asha syncs
expect Asha knows of being taken out
Bora syncs
Bela syncs
Bela adds client as case2: alias=Cina
Bela syncs
Asha syncs
expect Asha does not have case2
expect Bela sees case1: alias=Amal
Bora adopts what came too late
Bora syncs
Bela syncs
expect Bela sees case1: alias=Rina
