# A stock count that was corrected swallowed what another worker had handed out meanwhile.
org First: lead Asha, worker Bela in north, worker Mina in north
Bela adds contact as visit1: date=2026-11-20, condoms=10
everybody syncs
Asha edits visit1: condoms=24
Mina edits visit1: condoms+=6
everybody syncs
expect everybody sees visit1: condoms=30
expect everybody sees no conflict on visit1
expect coordinator sees visit1: condoms=30
Bela edits visit1: condoms=40
1 hours pass
Mina edits visit1: condoms=50
Asha edits visit1: condoms+=1
everybody syncs
expect everybody sees a conflict on visit1 condoms: shown 51, other 40
expect everybody who may see visit1 sees the same
Asha resolves visit1 condoms, writing 51
everybody syncs
expect everybody sees visit1: condoms=51
expect coordinator sees visit1: condoms=51
expect everybody sees no conflict on visit1
