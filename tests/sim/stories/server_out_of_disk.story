# A server whose disk is full takes nothing in, loses nothing, and says so; phones keep what they have.
org First: lead Asha, worker Bela in north, worker Mina in north
Bela adds client as case1: alias=Amal
Bela syncs
server is full
Bela adds 200 records of client: alias=Client #
Bela syncs, and fails: busy
Mina syncs
expect Mina sees case1: alias=Amal
expect Bela has something pending
Mina edits case1: phone=123
server has room again
everybody syncs
expect Mina has 201 of client
expect everybody sees case1: alias=Amal, phone=123
expect nothing is pending anywhere
