"""How pages look."""

STYLE = """
:root { --ink: #1c1d1f; --soft: #6a6d73; --line: #e6e5e1; --paper: #fbfaf8;
  --good: #2f7d4f; --open: #b7791f; --bad: #b83a31; --plain: #8b8e94 }
* { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--ink); overflow-wrap: anywhere;
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "Noto Sans", "Noto Sans CJK SC", sans-serif }
main { max-width: 1040px; margin: 0 auto; padding: 56px 32px 40px }
article + article, .wide + article { margin-top: 72px; padding-top: 56px; border-top: 1px solid var(--line) }
h1 { font-size: 34px; line-height: 1.15; letter-spacing: -0.02em; font-weight: 650; margin: 14px 0 10px }
h2 { font-size: 15px; font-weight: 650; margin: 0 0 8px }
a { color: inherit }
.pill { display: inline-block; padding: 3px 12px; border-radius: 99px; color: #fff; font-size: 13px; font-weight: 600;
  background: var(--plain); white-space: nowrap }
.pill.good { background: var(--good) } .pill.open { background: var(--open) } .pill.bad { background: var(--bad) }
.sentence { font-size: 19px; line-height: 1.45; color: #3c3e42; margin: 0; max-width: 38em }
.facts, .note { color: var(--soft); margin: 8px 0 0; font-size: 13.5px }
.strip { display: grid; grid-template-columns: repeat(6, 1fr); gap: 8px; margin: 28px 0 }
.strip img { width: 100%; display: block; border-radius: 6px }
.strip.one { display: block; max-width: 420px }
section { background: #fff; border: 1px solid var(--line); border-radius: 12px; padding: 20px 22px; margin: 0 0 28px;
  break-inside: avoid }
.sections { columns: 2; column-gap: 28px }
.sections section { padding-bottom: 8px; display: inline-block; width: 100% }
dl { margin: 0 }
dl > div { display: grid; grid-template-columns: 7.2em 1fr; column-gap: 16px; padding: 9px 0;
  border-top: 1px solid var(--line) }
dt { color: var(--soft); font-size: 13px; line-height: 1.7 }
dt::first-letter { text-transform: uppercase }
dd { margin: 0; min-width: 0 }
dd.good::before, dd.open::before, dd.bad::before, dd.plain::before { content: ""; display: inline-block; width: 8px;
  height: 8px; border-radius: 50%; margin-right: 8px; vertical-align: 1px; background: var(--plain) }
dd.good::before { background: var(--good) } dd.open::before { background: var(--open) }
dd.bad::before { background: var(--bad) }
.wide { overflow-x: auto }
table { border-collapse: collapse; width: 100%; background: #fff }
td { padding: 10px 12px; border-top: 1px solid var(--line); vertical-align: top }
td:first-child { font-weight: 600; overflow-wrap: normal }
footer { color: var(--soft); font-size: 12.5px; margin-top: 36px }
@media (max-width: 760px) { .sections { columns: 1 } main { padding: 32px 18px }
  .strip { grid-template-columns: repeat(3, 1fr) } h1 { font-size: 28px }
  table, tbody, tr, td { display: block } tr { padding: 10px 12px; border-top: 1px solid var(--line) }
  td { border: 0; padding: 3px 0 } }
@media print { body { background: #fff; font-size: 12px } main { padding: 0 } }
"""
