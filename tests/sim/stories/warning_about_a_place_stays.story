# A warning that a clinic is not safe was overwritten by a phone that had not heard of it.
org First: lead Asha, worker Bela in north, worker Mina in north
org Second: lead Dina, worker Esha in south
Asha adds facility as clinic1: name=Clinic by the river, safe_now=yes
everybody syncs
Bela edits clinic1: safe_now=avoid
Bela syncs
3 days pass
Esha edits clinic1: safe_now=take_care
everybody syncs
expect everybody sees a conflict on clinic1 safe_now: shown avoid, other take_care
expect everybody who may see clinic1 sees the same
