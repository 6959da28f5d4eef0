# Conflicts were resolved by the software without telling anyone (android-fhir#472). Both values stay
# open in front of everybody who reads the field until a person decides, and her decision travels.
org First: lead Asha, worker Bela in north, worker Mina in north
Bela adds client as case1: alias=Amal, gender=woman
everybody syncs
Bela edits case1: gender=hijra, alias=Amala
Mina edits case1: gender=man, alias=Amalia
everybody syncs
2 weeks pass
everybody syncs
expect everybody sees a conflict on case1 gender between hijra and man
expect coordinator sees a conflict on case1 gender between hijra and man
expect everybody sees a conflict on case1 alias between Amala and Amalia
expect coordinator does not see case1 alias
Mina edits case1: phone=123
everybody syncs
expect everybody sees a conflict on case1 gender between hijra and man
Mina resolves case1 gender, keeping hijra
Mina resolves case1 alias, writing Amala Devi
Bela resolves case1 gender, keeping man
Mina syncs
Bela syncs
everybody syncs
expect everybody sees case1: alias=Amala Devi, phone=123
expect everybody sees a conflict on case1 gender between hijra and man
expect everybody who may see case1 sees the same
Asha resolves case1 gender, keeping hijra
everybody syncs
expect coordinator sees case1: gender=hijra
expect coordinator sees no conflict on case1
expect everybody sees no conflict on case1
expect Asha finds in the history of case1: gender=man, alias=Amalia
