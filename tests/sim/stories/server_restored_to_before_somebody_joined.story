# A server was put back to before somebody had joined, and nobody else had seen her join: it did not
# know her any more, and what she recorded stayed on her phone.
org First: lead Asha, worker Bela in north
worker Rina is invited to First in south
Asha syncs
server is backed up
Rina syncs
Rina adds client as case1: alias=Rosa
Rina syncs
server is put back to its backup by hand
Rina adds client as case2: alias=Reba
everybody syncs
everybody syncs
expect Asha sees case1: alias=Rosa
expect Asha sees case2: alias=Reba
expect nothing is pending anywhere
