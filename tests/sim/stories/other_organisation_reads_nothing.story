# What one organisation records is read by no other one, and by coordinators without names.
org First: lead Asha, worker Bela in north
org Second: lead Dina, worker Esha in south
Bela adds client as case1: alias=canary-Amal, gender=hijra
Bela adds referral as ref1: client=case1, service=hiv_test, urgency=today
everybody syncs
expect Dina does not have case1
expect Esha does not have ref1
expect coordinator sees ref1: client=case1, urgency=today, service_shown=clinical
expect coordinator does not see ref1 service
expect coordinator sees case1: gender=hijra
expect coordinator does not see case1 alias
Esha edits case1: alias=Other, and fails: not found
