-- Who says what a member's membership is: the programme, or the shop or the customer (S11.4), or nobody any more.

alter table account add column enrolment text not null default 'open'
    constraint account_enrolment_check check (enrolment in ('open', 'decided', 'merged', 'erased'));

-- Since when a birthday is what it is: one told shortly before the day earns nothing for it (S4.8).
alter table customer add column birthday_since timestamptz;
