# A phone that was put back to a copy from before it had joined met a server that knew it already, and
# could not sync any more: it was told of batches in circles that it had never heard of.
org First: lead Asha, worker Bela in north
worker Rina is invited to First in south
Rina's phone is copied
Rina syncs
Asha syncs
Rina syncs
Rina adds client as case1: alias=Rosa
everybody syncs
Rina's phone is put back to its copy
everybody syncs
expect Rina knows of being an old copy
expect Rina sees case1: alias=Rosa
Asha edits case1: phone=222
everybody syncs
expect Rina sees case1: alias=Rosa, phone=222
