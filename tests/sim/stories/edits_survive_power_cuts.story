# What the phone shows as saved after a power cut is sent like everything else, whole, in each of its
# parts; what it does not show was not saved at all.
org First: lead Asha, worker Bela in north, worker Mina in north
Bela adds client as case1: alias=Amal, gender=woman
everybody syncs
Bela edits case1, losing power one write later each time until it is saved: phone=111, gender=hijra
Bela edits case1, losing power one write later each time until it is saved: area=hill
Mina edits case1, losing power one write later each time until it is saved: uic=AB12, age_band=20-24
Asha edits case1, losing power one write later each time until it is saved: contact_safe=any, status=active
everybody syncs
expect everybody sees case1: phone=111, gender=hijra, area=hill, uic=AB12, age_band=20-24
expect everybody sees case1: contact_safe=any, status=active
expect coordinator sees case1: gender=hijra, age_band=20-24, status=active
expect everybody who may see case1 sees the same
expect nothing is pending anywhere
