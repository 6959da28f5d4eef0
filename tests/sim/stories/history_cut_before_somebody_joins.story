# A lead cuts the history while one worker is out of reach. Who joins afterwards sees what stands, not what
# was superseded or deleted; what the worker had sealed before she heard of it follows by the lead.
org First: lead Asha, worker Bela in north, worker Mina in north
Bela adds client as case1: alias=Amal, phone=111
Bela adds client as case2: alias=Asif, phone=222
everybody syncs
Bela edits case1: phone=333
Bela deletes case2
everybody syncs
Bela edits case1: area=East
link loses the request
Bela syncs, and fails: no link
Mina edits case1: area=West
Asha cuts the history
Asha syncs
worker Rina joins First in north
expect Rina sees case1: alias=Amal, phone=333
expect Rina finds nothing in the history of case1 of: phone=111
expect Rina finds nothing in the history of case2 of: alias=Asif, phone=222
Bela syncs
Mina syncs
Asha syncs
Rina syncs
expect Rina sees a conflict on case1 area between East and West
Rina restores case2
Rina syncs
Asha syncs
Rina syncs
everybody syncs
expect Rina sees case2: alias=Asif, phone=222
expect everybody who may see case1 sees the same
expect everybody who may see case2 sees the same
expect Mina finds in the history of case1: phone=111
expect nothing is pending anywhere
