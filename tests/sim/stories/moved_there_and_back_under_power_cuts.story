# A record that comes back to a phone which had given it up, and a late edit of its own.
org First: lead Asha, worker Bela in north, worker Mina in south
Bela adds client as case1: alias=Amal
everybody syncs
Asha hands case1 over to south
Asha syncs
Bela edits case1: area=riverside
Bela syncs, losing power one write later each time until it goes through
everybody syncs
expect Bela does not have case1
Mina edits case1: alias=Amina
everybody syncs
Asha hands case1 over to north
Asha syncs, cut off 400 bytes later each time until it goes through
Bela syncs, losing power one write later each time until it goes through
everybody syncs
expect Mina does not have case1
expect Bela sees case1: alias=Amina, area=riverside
expect Asha sees case1: alias=Amina, area=riverside
expect everybody sees no conflict on case1
expect nothing is pending anywhere
