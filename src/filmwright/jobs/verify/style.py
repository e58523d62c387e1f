"""How the page looks, beside what all pages share."""

from filmwright.jobs.page.style import STYLE as SHARED

STYLE = (
    SHARED
    + """
.time { display: flex; height: 26px; border-radius: 6px; overflow: hidden; gap: 2px }
.time i { display: block; background: var(--good) }
.time .unmarked, .time .other-film { background: var(--bad) }
.time .unclear { background: #d9d8d3 }
.spans { margin: 12px 0 0; padding: 0; list-style: none; color: var(--soft); font-size: 13.5px }
.heat { display: grid; grid-template-columns: repeat(auto-fit, minmax(260px, 1fr)); gap: 16px; margin-top: 14px }
figure { margin: 0 } figure img { width: 100%; display: block; border-radius: 8px }
figcaption { color: var(--soft); font-size: 13px; margin-top: 6px }
.made { direction: rtl } /* narrow screens show the film first */
.chain { display: block; margin: 6px auto; max-width: 100%; height: auto; font-size: 14px; direction: ltr }
.chain rect { fill: #fff; stroke: #d4d3ce }
.chain path { fill: none; stroke: #bdbcb6; stroke-width: 1.5 }
.chain text { fill: var(--ink); font-weight: 600 } .chain text.soft { fill: var(--soft); font-weight: 400;
  font-size: 12.5px }
.chain circle { fill: #cfcec9 } .chain .good { fill: var(--good) } .chain .open { fill: var(--open) }
.chain .bad { fill: var(--bad) }
@media (max-width: 760px) { .chain { margin: 6px 0 } }
"""
)
