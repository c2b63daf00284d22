/* How the HTML report looks: on a screen, light or dark, and on paper. */
#ifndef SEEP_OUTPUT_REPORT_STYLE_H
#define SEEP_OUTPUT_REPORT_STYLE_H

/* clang-format off */
#define REPORT_STYLE \
	":root{--paper:#fff;--ink:#1c2127;--dim:#5b6570;--line:#d5dbe1;--card:#f6f8fa;" \
	"--critical:#b3151f;--high:#b3151f;--medium:#8f5a00;--low:#1a5fb4;--info:#5b6570;--calm:#1b7a3d}\n" \
	"@media(prefers-color-scheme:dark){:root{--paper:#14181d;--ink:#e4e8ec;--dim:#9aa5b1;" \
	"--line:#333b45;--card:#1c2229;--critical:#ff7b7b;--high:#ff7b7b;--medium:#f0b45a;--low:#7db4ff;" \
	"--info:#9aa5b1;--calm:#6fd08c}}\n" \
	"*{box-sizing:border-box}\n" \
	"body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}\n" \
	"main,footer{max-width:62rem;margin:0 auto;padding:1rem 1.25rem}\n" \
	"h1{font-size:1.7rem;line-height:1.25;margin:.2rem 0 .6rem}\n" \
	"h2{font-size:1.2rem;margin:2.2rem 0 .6rem;border-bottom:1px solid var(--line)}\n" \
	"h3{font-size:1.05rem;margin:1.2rem 0 .4rem}article h3{margin-top:0}\n" \
	"p{margin:.3rem 0}\n" \
	".dim{color:var(--dim)}.warn{color:var(--medium);font-weight:600}\n" \
	".clean{color:var(--calm)}.leak{color:var(--medium)}.grave{color:var(--critical)}\n" \
	".scroll{overflow-x:auto}\n" \
	"table{border-collapse:collapse;width:100%%;font-size:.92rem}\n" \
	"th,td{text-align:left;vertical-align:top;padding:.35rem .7rem .35rem 0;" \
	"border-bottom:1px solid var(--line)}\n" \
	"td,dd,bdi{overflow-wrap:anywhere}\n" \
	".mono,td{font-variant-numeric:tabular-nums}\n" \
	"article{background:var(--card);border:1px solid var(--line);border-left:.35rem solid var(--info);" \
	"border-radius:.3rem;padding:.9rem 1.1rem;margin:0 0 1rem;break-inside:avoid}\n" \
	"article.critical,article.high{border-left-color:var(--critical)}\n" \
	"article.medium{border-left-color:var(--medium)}article.low{border-left-color:var(--low)}\n" \
	".badge{font-size:.78rem;font-weight:700;text-transform:uppercase;letter-spacing:.04em;" \
	"margin-right:.6rem}\n" \
	".badge.critical,.badge.high{color:var(--critical)}.badge.medium{color:var(--medium)}" \
	".badge.low{color:var(--low)}.badge.info{color:var(--info)}\n" \
	"dl{display:grid;grid-template-columns:8.5rem 1fr;gap:.15rem .8rem;margin:.6rem 0 0;" \
	"font-size:.92rem}\n" \
	"dt{color:var(--dim)}dd{margin:0}\n" \
	"details{margin-top:.6rem;font-size:.92rem}summary{cursor:pointer;color:var(--dim)}\n" \
	"svg{display:block;width:100%%;height:auto;font:13px system-ui,sans-serif}\n" \
	"svg text{fill:var(--ink)}svg .dim{fill:var(--dim)}\n" \
	"svg .box{fill:var(--card);stroke:var(--line)}svg .none{stroke-dasharray:5 4}\n" \
	"svg .meant{stroke:var(--calm);fill:none;stroke-width:2.5}\n" \
	"svg .around{stroke:var(--critical);fill:none;stroke-width:3;stroke-dasharray:9 5}\n" \
	"svg .told{fill:var(--critical);font-weight:600}svg .axis{stroke:var(--line)}\n" \
	"svg .bar.critical,svg .bar.high{fill:var(--critical)}svg .bar.medium{fill:var(--medium)}" \
	"svg .bar.low{fill:var(--low)}svg .bar.info{fill:var(--info)}\n" \
	"svg .bar.went{fill:var(--dim);opacity:.65}\n" \
	"svg .meant-head{fill:var(--calm)}svg .around-head{fill:var(--critical)}\n" \
	"@media(max-width:40rem){dl{grid-template-columns:1fr}dd{margin-bottom:.4rem}}\n" \
	"@media print{body{font-size:11pt}main{max-width:none;padding:0}details>*{display:block}}\n"
/* clang-format on */

#endif
