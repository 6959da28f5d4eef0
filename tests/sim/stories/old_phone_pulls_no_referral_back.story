# An old phone that had not heard of it set a referral back to an earlier step. Who saw the step
# can take it back; who did not cannot.
org First: lead Asha, worker Bela in north, worker Mina in north
Bela adds client as case1: alias=Amal
Bela adds referral as ref1: client=case1, service=hiv_test, status=made
everybody syncs
Mina edits ref1: status=attended
Mina syncs
4 days pass
Bela edits ref1: status=accepted
everybody syncs
expect everybody sees ref1: status=attended
expect coordinator sees ref1: status=attended
expect everybody sees no conflict on ref1
Bela edits ref1: status=scheduled
everybody syncs
expect everybody sees ref1: status=scheduled
expect coordinator sees ref1: status=scheduled
Bela edits ref1: status=completed
Mina edits ref1: status=cancelled
everybody syncs
expect everybody sees a conflict on ref1 status between cancelled and completed
expect everybody who may see ref1 sees the same
