# Enrolling over a link that breaks: wherever it breaks, trying again goes on, and ends with all
# that was recorded before she came.
org First: lead Asha, worker Bela in north, worker Mina in north
Bela adds client as case1: alias=Amal
everybody syncs
worker Rina is invited to First in north
Rina syncs, cut off 23 bytes later each time until it goes through
Asha syncs, cut off 23 bytes later each time until it goes through
Rina syncs, cut off 23 bytes later each time until it goes through
everybody syncs
expect Rina sees case1: alias=Amal
Rina edits case1: phone=123
everybody syncs
expect everybody sees case1: alias=Amal, phone=123
expect everybody who may see case1 sees the same
expect nothing is pending anywhere
