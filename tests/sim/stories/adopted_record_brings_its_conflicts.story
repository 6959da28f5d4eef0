# Two values that did not know of each other, in a record that came too late as a whole: whoever adopts it
# saw the one and was not told of the other (seed 523 of the simulator, with removals).
org First: lead Asha, worker Bela in north, worker Mina in north
everybody syncs
Bela adds client as case1: alias=Amal
Bela looks at case1 (empty)
Bela edits case1: area=Market
Bela edits case1 by what was seen at (empty): area=Harbour
Asha takes Bela out
Asha syncs
Bela syncs
Asha syncs
Mina syncs
Asha adopts what came too late
Asha syncs
Mina syncs
expect Asha sees a conflict on case1 area between Market and Harbour
expect Mina sees a conflict on case1 area between Market and Harbour
