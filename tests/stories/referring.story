# Friends who come by a member's invitation (S9.5).

story A friend's first order pays both, once it has matured
rules S9.5, S4.6
programme
  friends come by invitation, after 14 days
  bringing a friend earns 500
  coming by a friend earns 200
2025-01-10 12:00 order anna A1 100.00
anna invites by whatsapp -> REF1
referrals anna whatsapp invited
2025-01-12 12:00 order ben B1 50.00 code REF1
referrals anna whatsapp qualified +500
balance anna available 100 pending 500
balance ben available 50 pending 200
2025-01-26 11:00 referrals anna whatsapp qualified +500
2025-01-26 13:00 referrals anna whatsapp approved +500
balance anna available 600 pending 0
balance ben available 250 pending 0
order ben B2 10.00 code REF1
balance anna available 600
history ben joined, earned_from_order +50, earned_as_referree +200, referral_accepted, points_matured, earned_from_order +10

story One link, used by several people, and by nobody twice
rules S9.5
programme
  friends come by invitation
  bringing a friend earns 500
2025-01-10 12:00 order anna A1 100.00
anna invites by qr-code -> REF1
anna invites by qr-code -> REF2
same code REF1 REF2
order ben B1 50.00 code REF1
order cleo C1 50.00 code REF1
order ben B2 50.00 code REF1
referrals anna qr-code approved +500, qr-code approved +500
balance anna available 1100

story An invitation by e-mail is known by the friend's address
rules S9.5
programme
  friends come by invitation
  bringing a friend earns 500
2025-01-10 12:00 order anna A1 100.00
customer dora
anna invites by email ben
dora invites by email ben
ben has the email ben
order ben B1 50.00
referrals anna email approved +500
referrals dora email invited

story An order that was placed before, or is not the first, makes no friend
rules S9.5
programme
  friends come by invitation
  bringing a friend earns 500
2025-01-10 12:00 order anna A1 100.00
order ben B1 50.00
anna invites by sms -> REF1
order ben B2 50.00 code REF1
order cleo C1 50.00 unconfirmed code REF1
referrals anna sms invited
confirm cleo C1
referrals anna sms approved +500

story Too small an order makes no friend until it is large enough
rules S9.5
programme
  friends come by invitation, with orders from 50.00
  bringing a friend earns 500
2025-01-10 12:00 order anna A1 100.00
anna invites by sms -> REF1
order ben B1 49.99 code REF1
referrals anna sms invited
order ben B1 50.00 code REF1
referrals anna sms approved +500

story A refund before the approval takes back what both were given
rules S9.5, S6.1
programme
  friends come by invitation, after 14 days, with orders from 30.00
  bringing a friend earns 500
  coming by a friend earns 200
2025-01-10 12:00 order anna A1 100.00
anna invites by sms -> REF1
2025-01-12 12:00 order ben B1 50.00 code REF1
order cleo C1 50.00 code REF1
2025-01-20 refund ben B1 to 29.99
referrals anna sms qualified +500, sms rejected
balance anna available 100 pending 500 earned 600
balance ben available 29 pending 0 earned 29
refund ben B1 to 45.00
referrals anna sms qualified +500, sms rejected
2025-01-27 cancel cleo C1
referrals anna sms approved +500, sms rejected
balance cleo available 200

story Nobody is their own friend
rules S9.5
programme
  friends come by invitation
  bringing a friend earns 500
  coming by a friend earns 200
2025-01-10 12:00 customer anna
anna invites by sms -> REF1
order anna A1 100.00 code REF1
referrals anna sms rejected
balance anna available 100
order ben B1 20.00 code REF1
referrals anna sms approved +500, sms rejected

story Nor is whoever has the same phone or mailbox
rules S9.5
programme
  friends come by invitation
  bringing a friend earns 500
  coming by a friend earns 200
2025-01-10 12:00 order anna A1 100.00
anna has the phone 0612345678
anna has the email an.na
anna invites by sms -> REF1
ben has the phone 0612345678
cleo has the email anna+gift
order ben B1 20.00 code REF1
order cleo C1 20.00 code REF1
order dora D1 20.00 code REF1
referrals anna sms approved +500, sms rejected, sms rejected
balance ben available 20
balance cleo available 20
balance dora available 220

story A member may bring only so many friends in a month
rules S9.5
programme
  friends come by invitation, at most 1 monthly
  bringing a friend earns 500
2025-01-10 12:00 order anna A1 100.00
anna invites by sms -> REF1
order ben B1 20.00 code REF1
order cleo C1 20.00 code REF1
2025-02-01 12:00 order dora D1 20.00 code REF1
referrals anna sms approved +500, sms rejected, sms approved +500

story A link ends
rules S9.5
programme
  friends come by invitation, links live 1 month
  bringing a friend earns 500
2025-01-10 12:00 order anna A1 100.00
anna invites by sms -> REF1
2025-02-11 12:00 order ben B1 20.00 code REF1
referrals anna sms expired
anna invites by sms
referrals anna sms invited, sms expired

story Unpaid referrals between two who become one are rejected
rules S9.5, S11.2
programme
  friends come by invitation, after 14 days
  bringing a friend earns 500
  coming by a friend earns 200
2025-01-10 12:00 order anna A1 100.00
anna invites by sms -> REF1
order ben B1 50.00 code REF1
order cleo C1 50.00 code REF1
merge anna with ben
referrals anna sms qualified +500, sms rejected
balance anna available 150 pending 500 earned 650
order dora D1 10.00 code REF1
2025-01-25 balance anna available 1150 pending 0

story Paid ones stay, and invitations go along
rules S9.5, S11.2
programme
  friends come by invitation, after 14 days
  bringing a friend earns 500
  coming by a friend earns 200
2025-01-10 12:00 order anna A1 100.00
anna invites by sms -> REF1
order ben B1 50.00 code REF1
customer cleo
customer dora
2025-01-25 merge cleo with anna
merge dora with ben
referrals cleo sms approved +500
order emil E1 50.00 code REF1
referrals cleo sms qualified +500, sms approved +500
refund dora B1 to 0
balance dora available 200
merge cleo with dora
referrals cleo sms qualified +500, sms approved +500

story Who is erased brings nobody any more
rules S9.5, S11.3
programme
  friends come by invitation, after 14 days
  bringing a friend earns 500
  coming by a friend earns 200
2025-01-10 12:00 order anna A1 100.00
anna invites by sms -> REF1
order ben B1 50.00 code REF1
erase anna
order cleo C1 50.00 code REF1
cancel ben B1
balance ben available 0 pending 0 earned 0
balance cleo available 50

story Friends who come at once are each paid for once
rules S9.5
programme
  friends come by invitation
  bringing a friend earns 500
2025-01-10 12:00 order anna A1 100.00
anna invites by sms -> REF1
10 times at once order ben B1 50.00 code REF1
referrals anna sms approved +500
balance anna available 600

story Without the programme's word nobody is invited
rules S9.5
2025-01-10 12:00 order anna A1 100.00
anna invites by sms
refused referrals_disabled

story A friend who becomes known before the first order is welcomed, once
rules S9.5, S9.2
programme
  offer cheer gives 10.00 off
  friends come by invitation
  friends are welcomed with cheer
  bringing a friend earns 500
2025-01-10 12:00 order anna A1 100.00
anna invites by sms -> REF1
ben comes by REF1
rewards ben cheer without code
rewards anna none
ben comes by REF1
rewards ben cheer without code
use ben cheer -> CODE1
order ben B1 50.00 code CODE1                  # no code of the invitation: the customer came by it
rewards ben none
referrals anna sms approved +500
balance anna available 600
ben comes by REF1
rewards ben none
history ben joined, earned_as_reward, earned_from_order +50, referral_accepted

story The invited address is welcomed, and not whoever is known by the first order
rules S9.5
programme
  offer cheer gives 10.00 off
  friends come by invitation, links live 1 month
  friends are welcomed with cheer
2025-01-10 12:00 order anna A1 100.00
anna invites by email ben
anna invites by sms -> REF1
dora has the email dora
rewards dora none
ben has the email ben
rewards ben cheer without code
order cleo C1 50.00 code REF1
rewards cleo none
cleo comes by REF1
rewards cleo none
2025-02-11 12:00 emil comes by REF1            # it has ended
rewards emil none

story Who is invited after the shop told the address is welcomed as it tells it again
rules S9.5
programme
  offer cheer gives 10.00 off
  friends come by invitation
  friends are welcomed with cheer
2025-01-10 12:00 customer anna
ben has the email ben
anna invites by email ben
customer ben tagged vip
rewards ben none
ben has the email ben
rewards ben cheer without code

story Nobody is welcomed by themselves, and nobody who takes no part
rules S9.5
programme
  offer cheer gives 10.00 off
  friends come by invitation
  friends are welcomed with cheer
2025-01-10 12:00 customer anna
anna has the phone 0612345678
anna invites by sms -> REF1
anna comes by REF1
rewards anna none
ben has the phone 0612345678
ben comes by REF1
rewards ben none
cleo leaves
cleo comes by REF1
rewards cleo none
cleo joins
rewards cleo cheer without code

story What is told after the first order was paid for makes no friend when the order is told again
rules S9.5
programme
  friends come by invitation
  bringing a friend earns 500
2025-01-10 12:00 order anna A1 100.00
order ben B1 50.00
anna invites by sms -> REF1
anna invites by email ben
ben has the email ben
ben comes by REF1
order ben B1 45.00
complete ben B1
order ben B1 45.00 code REF1
referrals anna email invited, sms invited
balance anna available 100

story A code that is told before the first order is paid for leads to whoever invited
rules S9.5
programme
  friends come by invitation
  bringing a friend earns 500
2025-01-10 12:00 order anna A1 100.00
anna invites by sms -> REF1
order ben B1 50.00 unconfirmed
ben comes by REF1
confirm ben B1
referrals anna sms approved +500

story What both are paid counts for milestones at once, and so does its loss
rules S9.5, S9.3, S6.3
programme
  friends come by invitation, after 14 days
  bringing a friend earns 80 which count
  coming by a friend earns 40 which count
  milestone known at 150 points gives 15 points
  milestone new at 90 points gives 10 points
2025-01-10 12:00 order anna A1 100.00
anna invites by sms -> REF1
order ben B1 50.00 code REF1
reached anna known, new
reached ben new
balance anna available 125 pending 80
balance ben available 60 pending 40
cancel ben B1
reached anna new
reached ben none
balance anna available 110 pending 0
balance ben available 0 pending 0

story A friend who takes another customer over stays a friend
rules S9.5, S11.2
programme
  friends come by invitation, after 14 days
  bringing a friend earns 500
  coming by a friend earns 200
2025-01-10 12:00 order anna A1 100.00
anna invites by sms -> REF1
order ben B1 50.00 code REF1
order cleo C1 50.00
merge ben with cleo
referrals anna sms qualified +500
balance ben available 100 pending 200
cancel ben C1
referrals anna sms qualified +500
cancel ben B1
referrals anna sms rejected
balance ben available 0 pending 0

story Two who became one are friends of both who invited them
rules S9.5, S11.2
programme
  friends come by invitation, after 14 days
  bringing a friend earns 500
  coming by a friend earns 200
2025-01-10 12:00 order anna A1 100.00
order zoe Z1 100.00
anna invites by sms -> REF1
zoe invites by sms -> REF2
order ben B1 50.00 code REF1
order cleo C1 50.00 code REF2
merge ben with cleo
balance ben available 100 pending 400
cancel ben C1
referrals anna sms qualified +500
referrals zoe sms rejected
balance ben available 50 pending 200
cancel ben B1
referrals anna sms rejected
balance ben available 0 pending 0

story Who came by one friend and becomes another is no friend of their own
rules S9.5, S11.2
programme
  friends come by invitation, after 14 days
  bringing a friend earns 500
  coming by a friend earns 200
2025-01-10 12:00 order zoe Z1 100.00
zoe invites by sms -> REF1
order anna A1 100.00 code REF1
anna invites by sms -> REF2
order ben B1 50.00 code REF2
merge anna with ben
referrals zoe sms qualified +500
referrals anna sms rejected
balance anna available 150 pending 200

story What was asked of the first order as it made a friend is what it must keep
rules S9.5
programme
  friends come by invitation, after 14 days, with orders from 20.00
  bringing a friend earns 500
2025-01-10 12:00 order anna A1 100.00
anna invites by sms -> REF1
order ben B1 50.00 code REF1
2025-01-11 programme
  friends come by invitation, after 14 days, with orders from 40.00
  bringing a friend earns 500
refund ben B1 to 30
referrals anna sms qualified +500
2025-01-12 programme
  joining earns 1
refund ben B1 to 10
referrals anna sms rejected
balance anna available 100 pending 0

story What is paid is what was offered when the order was confirmed
rules S9.5, S4.4
programme
  friends come by invitation, after 14 days
  bringing a friend earns 500
  coming by a friend earns 200
2025-01-10 12:00 order anna A1 100.00
anna invites by sms -> REF1
2025-01-20 programme
  friends come by invitation, after 30 days
  bringing a friend earns 50
  coming by a friend earns 20
2025-01-21 12:00 order ben B1 50.00 code REF1 placed 2025-01-15 12:00 updated 2025-01-15 12:00
referrals anna sms qualified +500
balance ben available 50 pending 200
lots ben 50 forever, 200 from 2025-02-14 forever
2025-02-14 11:59
referrals anna sms qualified +500
2025-02-14 12:00
referrals anna sms approved +500

story What is taken back of a friend's referral is free for the next friend
rules S9.5, S4.7
programme
  friends come by invitation, after 14 days, at most 2 monthly
  bringing a friend earns 500, at most 700 monthly
2025-01-10 12:00 order anna A1 100.00
anna invites by sms -> REF1
order ben B1 50.00 code REF1
order cleo C1 50.00 code REF1
balance anna available 100 pending 700
cancel ben B1
balance anna available 100 pending 200
order dora D1 50.00 code REF1
referrals anna sms qualified +500, sms qualified +200, sms rejected
balance anna available 100 pending 700

story Where one invitation has ended the next one leads to whoever sent it
rules S9.5
programme
  friends come by invitation, links live 1 month
  bringing a friend earns 500
2025-01-10 12:00 order anna A1 100.00
order cleo C1 100.00
anna invites by sms -> REF1
2025-02-20 cleo invites by sms -> REF2
order dora D1 50.00 code REF1 code REF2
referrals cleo sms approved +500
order emil E1 50.00 unconfirmed code REF1
emil comes by REF2
confirm emil E1
referrals cleo sms approved +500, sms approved +500
referrals anna sms expired

story Who is invited again, or by another, once an invitation to the address has ended comes by the open one
rules S9.5
programme
  friends come by invitation, links live 1 month
  bringing a friend earns 500
2025-01-10 12:00 order anna A1 100.00
order cleo C1 100.00
anna invites by email ben
anna invites by email dora
2025-02-01 cleo invites by email ben
2025-02-20 anna invites by email dora
ben has the email ben
dora has the email dora
order ben B1 50.00
order dora D1 50.00
referrals cleo email approved +500
referrals anna email approved +500, email expired, email expired

story  An order that made a friend comes under another customer
rules  S9.5, S11.1
programme
  friends come by invitation, after 14 days
  bringing a friend earns 500
  coming by a friend earns 200

2025-01-10 order anna A1 10.00
anna invites by whatsapp -> REF1
order ben B1 50.00 code REF1
referrals anna whatsapp qualified +500
order cleo B1 50.00
referrals anna whatsapp rejected
balance anna pending 0
balance ben pending 0

story An address that two invited leads to the second once the first is erased
rules S9.5, S11.3
programme
  friends come by invitation, after 14 days
  bringing a friend earns 500
2025-01-10 order anna A1 100.00
order cleo C1 100.00
anna invites by email ben
cleo invites by email ben
erase anna
ben has the email ben
order ben B1 50.00
referrals cleo email qualified +500

story Of an address that others invited it stays who came first, whoever takes the later one over
rules S9.5, S11.2
programme
  friends come by invitation, after 14 days
  bringing a friend earns 500
2025-01-10 order anna A1 100.00
order cleo C1 100.00
order dan D1 100.00
anna invites by email ben
cleo invites by email ben
merge dan with cleo
ben has the email ben
order ben B1 50.00
referrals anna email qualified +500
referrals dan email invited

story Who takes a second inviter over is found by the own invitation, which came first
rules S9.5, S11.2
programme
  friends come by invitation, after 14 days
  bringing a friend earns 500
2025-01-10 order anna A1 100.00
order cleo C1 100.00
anna invites by email ben
anna invites by sms
2025-01-11 cleo invites by email ben
merge anna with cleo
ben has the email ben
order ben B1 50.00
referrals anna email invited, sms invited, email qualified +500

story What staff take back of bringing a friend is not shown as earned
rules S9.5, S6.4
programme
  friends come by invitation, after 14 days
  bringing a friend earns 500
2025-01-10 order anna A1 100.00
anna invites by whatsapp -> REF1
order ben B1 50.00 code REF1
referrals anna whatsapp qualified +500
staff undo anna the last earned_as_referrer
referrals anna whatsapp qualified
balance anna available 100 pending 0
2025-02-01
referrals anna whatsapp approved

story What staff take back of a friend whom a merger brought is not shown as earned
rules S9.5, S6.4, S11.2
programme
  friends come by invitation, after 14 days
  bringing a friend earns 500
2025-01-10 order anna A1 100.00
order cleo C1 100.00
anna invites by whatsapp -> REF1
order ben B1 50.00 code REF1
merge cleo with anna
staff undo cleo the last earned_as_referrer
referrals cleo whatsapp qualified

story Who invited an address twice can become one with somebody
rules S9.5, S11.2
programme
  friends come by invitation, links live 1 month
  bringing a friend earns 500
2025-01-10 order anna A1 100.00
order cleo C1 100.00
anna invites by email ben
2025-03-10 anna invites by email ben
merge cleo with anna
ben has the email ben
order ben B1 50.00
referrals cleo email approved +500, email expired

story  A friend's points that came late lift who sent for him before they lapse
rules  S3.2, S4.9, S9.5, S8.1
programme
  tiers go by available points
  tier Friend
  tier Silver from 100 points
  lapse after 10 days from earning
  friends come by invitation
  bringing a friend earns 60
2025-01-10 12:00 order anna A1 5.00
anna invites by whatsapp -> REF1
2025-02-10 12:00 staff give anna 50 "sorry"
order ben B1 50.00 code REF1 placed 2025-01-12 12:00 updated 2025-01-12 12:00
tier anna Silver
balance anna available 50 expired 65

story Who was a friend already is not welcomed, though the first order was taken back
rules S9.5
programme
  offer cheer gives 10.00 off
  friends come by invitation
  friends are welcomed with cheer
2025-01-10 12:00 order anna A1 100.00
order ben B1 100.00
anna invites by sms -> REF1
ben invites by sms -> REF2
order cleo C1 50.00 code REF1
cancel cleo C1
cleo comes by REF2
rewards cleo none

story What a friend's first order must be worth is asked as an import tells of it, not as it was placed
rules S9.5, S4.10
programme
  friends come by invitation, with orders from 50.00
  bringing a friend earns 500
  coming by a friend earns 200
2025-01-10 12:00 order anna A1 100.00
anna invites by whatsapp -> REF1
2025-02-01 programme
  friends come by invitation, with orders from 20.00
  bringing a friend earns 500
  coming by a friend earns 200
2025-03-01 12:00 import ben B1 30.00 code REF1 placed 2025-01-20 12:00
referrals anna whatsapp approved +500
2025-04-01 programme
  friends come by invitation, with orders from 50.00
  bringing a friend earns 500
  coming by a friend earns 200
2025-05-01 12:00 import cleo C1 30.00 code REF1 placed 2025-03-20 12:00
referrals anna whatsapp approved +500
