# Consent that was taken back came back, because another phone had ticked it without knowing.
org First: lead Asha, worker Bela in north, worker Mina in north
Bela adds client as case1: alias=Amal, consent=record
everybody syncs
Mina edits case1: consent+=share_with_referral
Mina edits case1: consent-=share_with_referral
Bela edits case1: consent+=share_with_referral, consent+=contact
Mina syncs
Bela syncs
everybody syncs
expect everybody sees case1: consent=contact,record
expect everybody who may see case1 sees the same
Bela edits case1: consent+=share_with_referral
everybody syncs
expect everybody sees case1: consent=contact,record,share_with_referral
