# One heavy user blocked everyone (cht-core#6246): while Bela sends two thousand records over a link that
# takes minutes, Mina's sync is as short as ever.
org First: lead Asha, worker Bela in north, worker Mina in north
Mina syncs
Bela adds 2000 records of client: alias=Client #, phone=00#
Bela begins to sync over a slow link
Mina adds client as case1: alias=Amal
Mina syncs
expect Mina's last sync took at most 2 requests and 3000 bytes
coordinator syncs
expect coordinator's last sync took at most 2 requests and 12000 bytes
Bela's slow sync goes on to its end
everybody syncs
expect Bela has 2001 of client
expect Asha has 2001 of client
expect nothing is pending anywhere
