# What counts is what she had on the screen, not what had synced since: an edit from an old screen
# must not silently beat a value that she never saw.
org First: lead Asha, worker Bela in north, worker Mina in north
Bela adds client as case1: alias=Amal, phone=000
everybody syncs
Mina looks at case1 (look1)
Bela edits case1: phone=111
Bela syncs
Mina syncs
Mina edits case1 by what was seen at (look1): phone=222, area=hill
everybody syncs
expect everybody sees a conflict on case1 phone between 111 and 222
expect everybody sees case1: area=hill
expect everybody who may see case1 sees the same
