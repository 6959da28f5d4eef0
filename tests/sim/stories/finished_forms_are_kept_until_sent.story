# Finished forms were deleted unsent (kobotoolbox/kpi#3829): one finished offline survives power cuts
# at any write, a full disk, and syncs that fail in every way, and is sent exactly once.
org First: lead Asha, worker Bela in north, worker Mina in north
Bela adds client as case1, losing power one write later each time until it is saved: alias=Amal
Bela's phone is full
Bela adds client as lost: alias=Too much, and fails: disk full
Bela's phone has room again
link loses the request
Bela syncs, and fails: no link
link cuts the request after 100 bytes
Bela syncs, and fails: no link
server stops
Bela syncs, and fails: no link
server starts again
Bela syncs, losing power one write later each time until it goes through
Bela's last request arrives again
everybody syncs
expect Bela has 1 of client
expect Asha has 1 of client
expect Mina has 1 of client
expect coordinator has 1 of client
expect everybody sees case1: alias=Amal
expect nothing is pending anywhere
