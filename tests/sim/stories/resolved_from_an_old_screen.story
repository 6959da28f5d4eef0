# A person who resolves decides between what she was shown. What came after it is not swallowed: not
# when it had arrived before she answered, and not when it had not.
org First: lead Asha, worker Bela in north, worker Mina in north
Bela adds client as case1: alias=Amal, phone=000
everybody syncs
Bela edits case1: phone=111
Mina edits case1: phone=222
everybody syncs
Asha looks at case1 (before)
Mina resolves case1 phone, writing 333
Bela resolves case1 phone, writing 444
everybody syncs
Asha resolves case1 phone by what was seen at (before), keeping what is shown, and fails: stale
expect everybody sees a conflict on case1 phone between 333 and 444
Asha resolves case1 phone, keeping 333
Bela edits case1: phone=555
everybody syncs
expect Asha finds in the history of case1: phone=555
expect everybody who may see case1 sees the same
Mina resolves case1 phone, writing 555
everybody syncs
expect everybody sees case1: phone=555
expect everybody sees no conflict on case1
