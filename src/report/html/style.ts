/** The page's only style: system fonts, two palettes, paper, narrow screens. Colours always go with a word or a sign. */
export const style = `
:root{color-scheme:light dark;--paper:#fbfaf8;--raised:#fff;--ink:#1c1d20;--soft:#5a5d66;--line:#e2dfd9;--sunk:#f3f1ec;
--link:#1f5673;--bad:#a3231b;--bad-soft:#fbeae8;--warn:#7a4b00;--warn-soft:#fbf1dc;--info:#2d5680;--info-soft:#e9f0f7;
--good:#226642;--good-soft:#e6f3ea;--mono:ui-monospace,SFMono-Regular,Menlo,Consolas,'Liberation Mono',monospace}
@media(prefers-color-scheme:dark){:root{--paper:#16171a;--raised:#1e2024;--ink:#e9e7e2;--soft:#a5a8b0;--line:#34373d;
--sunk:#26282d;--link:#8cc4e0;--bad:#ff9d92;--bad-soft:#43211f;--warn:#f0c06a;--warn-soft:#3b2f19;--info:#9cc3ea;
--info-soft:#1f3045;--good:#8fd3a8;--good-soft:#1d3627}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',sans-serif;overflow-wrap:anywhere}
a{color:var(--link);text-underline-offset:.15em;text-decoration-thickness:1px}
:focus-visible{outline:2px solid var(--link);outline-offset:2px;border-radius:3px}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:.5rem;background:var(--raised);padding:.3rem .6rem}
.spoken{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
body>header,main,body>footer{max-width:70rem;margin:0 auto;padding:0 1.5rem}
body>header{padding-top:2.75rem}
.product{font-weight:600;letter-spacing:.01em;color:var(--soft);margin:0}
h1{font-size:clamp(1.9rem,5vw,2.75rem);line-height:1.15;letter-spacing:-.02em;font-weight:650;margin:.2rem 0 .6rem;text-wrap:balance}
h1 .error{color:var(--bad)}h1 .warning{color:var(--warn)}h1 .good{color:var(--good)}
.lead-in{color:var(--soft);margin:0}
nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:.25rem 1.4rem;padding:.8rem 0;margin:1.6rem 0 0;border-block:1px solid var(--line);font-size:.95rem}
nav a{text-decoration:none;color:var(--ink)}nav a:hover{text-decoration:underline}
main>section{margin:2.75rem 0;scroll-margin-top:1rem}
h2{font-size:1.4rem;line-height:1.25;letter-spacing:-.01em;font-weight:650;margin:0 0 .9rem}
h3{font-size:1.05rem;line-height:1.5;font-weight:600;margin:0 0 .5rem}
.store h3{font-size:.95rem;margin:0;font-family:var(--mono);font-weight:600}
p{margin:0 0 .6rem}time{white-space:nowrap}
.quiet,.life,.place,.subject,.number{color:var(--soft)}.quiet,.life{font-weight:400;font-size:.92rem}
code,pre{font-family:var(--mono);font-size:.86em}
.bad-text{color:var(--bad)}
details>summary{cursor:pointer;color:var(--soft);width:fit-content;max-width:100%}
details>summary:hover{color:var(--ink)}
[hidden]{display:none!important}
html:not(.scripted) :is(#filter,.copy,#all){display:none}
#filter{display:flex;flex-wrap:wrap;gap:.6rem 1.1rem;align-items:center;padding:.75rem 0 1.1rem;font-size:.92rem}
#filter fieldset{border:0;padding:0;margin:0;display:flex;flex-wrap:wrap;gap:.4rem .9rem}
#filter legend{float:left;padding:0;margin-right:.9rem;color:var(--soft)}
#filter label{display:inline-flex;gap:.4rem;align-items:center;color:var(--soft)}
#filter .check{color:var(--ink)}
select,input[type=search]{font:inherit;color:var(--ink);background:var(--raised);border:1px solid var(--line);border-radius:6px;padding:.25rem .5rem;max-width:15rem}
input[type=checkbox]{accent-color:var(--link);width:1rem;height:1rem;margin:0}
#counted{color:var(--soft);margin-left:auto}
.card,.path{background:var(--raised);border:1px solid var(--line);border-left:4px solid var(--soft);border-radius:8px;padding:1rem 1.2rem;margin:0 0 1rem}
.many .card{content-visibility:auto;contain-intrinsic-size:auto 16rem}
.card.error,.path.refused{border-left-color:var(--bad)}.card.warning,.path.untold{border-left-color:var(--warn);border-left-style:double;border-left-width:5px}.card.info{border-left-color:var(--info);border-left-style:dotted}.path.accepted{border-left-color:var(--good)}
.card>header{display:flex;flex-wrap:wrap;gap:.3rem .8rem;align-items:baseline;font-size:.9rem;margin-bottom:.45rem}
.card h3{max-width:62rem;font-weight:550}
.badge{font-size:.78rem;font-weight:650;border-radius:4px;padding:.1rem .45rem;background:var(--sunk)}
.badge.error{color:var(--bad);background:var(--bad-soft)}.badge.error::before{content:'✕ '}
.badge.warning{color:var(--warn);background:var(--warn-soft)}.badge.warning::before{content:'▲ '}
.badge.info{color:var(--info);background:var(--info-soft)}.badge.info::before{content:'○ '}
.rule{font-family:var(--mono);font-size:.86rem}
.where{margin-left:auto;text-align:right;max-width:100%}.where a{color:var(--ink)}
.where ul{text-align:left;columns:16rem;padding-left:1rem}
.when{display:flex;flex-wrap:wrap;gap:.2rem 1.4rem;font-size:.94rem;color:var(--soft)}.when b{color:var(--ink);font-weight:600}
.mend{margin:.7rem 0 .4rem}.mend>b{color:var(--good);font-weight:650;margin-right:.35rem}
.doubt{color:var(--warn);font-size:.88rem}
.no-remedy{color:var(--soft);font-size:.92rem}
.code{position:relative;margin:0 0 .6rem}
.code pre{margin:0;background:var(--sunk);border-radius:6px;padding:.65rem 5.2rem .65rem .85rem;white-space:pre-wrap;line-height:1.5;font-size:1rem}
.copy{position:absolute;top:.4rem;right:.4rem;font:inherit;font-size:.82rem;color:var(--ink);background:var(--raised);border:1px solid var(--line);border-radius:5px;padding:.15rem .6rem;cursor:pointer}
.copy:hover{border-color:var(--soft)}
#all{font:inherit;color:var(--link);background:none;border:0;padding:0;text-decoration:underline;cursor:pointer}
.dialect{margin:.5rem 0 .2rem;color:var(--soft);font-size:.88rem}
.others,.dialects,.roots{font-size:.94rem;margin:.35rem 0}
.roots ul{columns:22rem;padding-left:1.1rem;margin:.4rem 0}.roots li{break-inside:avoid}.roots li b{font-weight:550}
.tag{font-style:normal;font-size:.78rem;border-radius:4px;padding:.05rem .35rem;background:var(--sunk);color:var(--soft);white-space:nowrap}
.tag:is(.bad,.expired,.distrusted){color:var(--bad);background:var(--bad-soft)}.tag:is(.removed,.cut,.expiring){color:var(--warn);background:var(--warn-soft)}
.failures,.unknowns{list-style:none;padding:0;margin:0}
.failures li,.unknowns li,p.unknowns,.failure{padding:.55rem .9rem;border-left:4px solid var(--warn);background:var(--warn-soft);border-radius:0 6px 6px 0;margin:0 0 .5rem}
.failures li,.failure{border-color:var(--bad);background:var(--bad-soft)}
.unknowns li .quiet,.failures .quiet{color:var(--ink)}
.scroll{overflow-x:auto;position:relative}.scroll.tall{max-height:75vh;overflow:auto;border:1px solid var(--line);border-radius:8px}
.timeline{display:block;width:100%;min-width:46rem;font-size:11.5px}
.timeline text{fill:var(--soft)}.timeline .past{fill:var(--sunk)}.timeline .grid{stroke:var(--line)}.timeline .axis{stroke:var(--soft)}
.timeline line.now{stroke:var(--link);stroke-width:1.5}.timeline text.now{fill:var(--link);font-weight:650}
.timeline .name{fill:var(--bad);font-weight:600;paint-order:stroke;stroke:var(--sunk);stroke-width:4px}.timeline .lead{stroke:var(--bad);stroke-dasharray:2 2}.timeline .more{font-size:8px}
.timeline .today line{stroke:var(--soft);stroke-width:1.5;stroke-dasharray:4 3}.timeline .today text{font-weight:600;paint-order:stroke;stroke:var(--paper);stroke-width:4px}
.dot.ended{fill:none;stroke:var(--soft)}.dot.valid{fill:var(--good)}.dot.expiring{fill:var(--warn)}.dot:is(.breaking,.error){stroke:var(--bad);stroke-width:2;fill:none}.dot:is(.removed,.distrusted,.warning){fill:var(--warn);stroke:var(--warn)}.dot.coming{fill:none}.dot.server{fill:none;stroke:var(--link);stroke-width:1.5}.dot.change{fill:var(--info)}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:.2rem 1.3rem;padding:0;margin:.6rem 0;font-size:.88rem;color:var(--soft)}
.legend li{display:flex;align-items:center;gap:.45rem}
.dates{columns:24rem;font-size:.9rem;padding:0;list-style:none}.dates time{font-variant-numeric:tabular-nums;color:var(--soft)}
table{border-collapse:collapse;width:100%;font-size:.92rem}
th,td{text-align:left;padding:.45rem .7rem;border-bottom:1px solid var(--line);vertical-align:top}
thead th{color:var(--soft);font-weight:550}tbody th{font-weight:550}
.num{text-align:right;font-variant-numeric:tabular-nums}
.fleet{min-width:46rem;margin-bottom:1.2rem}.fleet :is(thead th,td.num){white-space:nowrap}.fleet tbody th .quiet{display:block}.share{vertical-align:middle;margin-left:.4rem}.share rect{fill:var(--bad)}.share .all{fill:var(--line)}
.bases{min-width:44rem}.bases :is(thead th,td:not(:last-child)){white-space:nowrap}
.matrix{width:auto}.matrix thead th{position:sticky;top:0;background:var(--paper);vertical-align:bottom;z-index:1}
.matrix tbody th{position:sticky;left:0;background:var(--paper);max-width:22rem;min-width:9rem}.matrix thead th:first-child{left:0;z-index:2}
.matrix .up span{writing-mode:vertical-rl;transform:rotate(180deg);max-height:15rem;line-height:1.2}
td.cell{position:relative;text-align:center;padding:.3rem}.cell.expired{color:var(--bad)}.cell.lost{color:var(--warn)}.cell.there{color:var(--good)}.cell.absent,.cell.unknown{color:var(--soft)}
.cell.found{background:var(--bad-soft);font-weight:700;box-shadow:inset 0 0 0 1px var(--bad)}span.cell{display:inline-block;width:1.3rem;text-align:center;border-radius:3px}
.target,.set{border-bottom:1px solid var(--line)}
.many :is(.target,.set){content-visibility:auto;contain-intrinsic-size:auto 3rem}
.target>summary,.set>summary{padding:.65rem 0;width:100%;color:var(--ink)}
.target .name{font-weight:600}.tallies{float:right}.tally{font-size:.85rem;margin-left:.6rem}.tally.error{color:var(--bad)}.tally.warning{color:var(--warn)}.tally.info{color:var(--info)}
.body{padding:.3rem 0 1.4rem 1.1rem}
.store,.stage{margin:1.1rem 0}.store{padding-left:1rem;border-left:2px solid var(--line)}
.store p{margin:.1rem 0 .3rem}
dl{margin:.3rem 0;font-size:.92rem}dl div{display:grid;grid-template-columns:8rem 1fr;gap:.2rem 1rem;padding:.12rem 0}dt{color:var(--soft)}dd{margin:0}
.rootlist{padding-left:2.4rem;font-size:.92rem}.rootlist li{padding:.25rem 0}.rootlist b{font-weight:550;margin-right:.4rem}.rootlist .life{margin-left:.5rem}.rootlist code,.rootlist .subject{display:block;color:var(--soft);font-size:.78rem}
.chain{list-style:none;display:flex;flex-wrap:wrap;gap:.6rem 1.9rem;padding:0;margin:.5rem 0 .9rem}
.node{position:relative;border:1px solid var(--soft);border-radius:8px;padding:.5rem .8rem;background:var(--paper);display:flex;flex-direction:column;font-size:.86rem;max-width:15rem;color:var(--soft)}
.node b{color:var(--ink);font-size:.95rem}
.node+.node::before{content:'→';position:absolute;left:-1.55rem;top:50%;translate:0 -50%;color:var(--soft);font-size:1.05rem}
.sent .node+.node::before{content:'+'}
.node.good{border-color:var(--good)}.node.ended{border:1px dashed var(--bad)}.node.ended span:last-of-type{color:var(--bad)}
.node.gap{border:2px dashed var(--bad);background:none}.node.gap span{color:var(--bad)}.advice{margin:.2rem 0 1rem;padding-left:1.2rem}
.node.broken{border:2px solid var(--bad);background:var(--bad-soft)}.node.broken span{color:var(--ink)}.node .tag{align-self:start;margin-top:.25rem;background:var(--raised)}
.node.stored{border-style:double;border-width:4px}
h4{font-size:1rem;font-weight:650;margin:1.2rem 0 .4rem}
.story{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1.1fr);gap:1rem 2.5rem;align-items:start;margin:.6rem 0 1.4rem}.told{max-width:38rem}.told h4{margin-top:0}.told ul{margin:0 0 .6rem;padding-left:1.2rem}
.ways{margin:0;padding:1rem;background:var(--raised);border:1px solid var(--line);border-radius:8px}.ways figcaption{color:var(--soft);font-size:.88rem;margin-top:.9rem;text-align:center}
.tree,.tree ul{list-style:none;display:flex;justify-content:center;margin:0;padding:0}.tree ul{position:relative;padding-top:1.3rem}.tree ul::before{content:'';position:absolute;top:0;left:50%;height:1.3rem;border-left:2px solid var(--soft)}
.tree li{display:flex;flex-direction:column;align-items:center;position:relative;flex:1 1 0;min-width:8.4rem;padding:0 .3rem}
.tree li>ul{width:100%}.tree li:not(:only-child){padding-top:1.1rem}.tree li:not(:only-child)::before{content:'';position:absolute;top:0;left:50%;height:1.1rem;border-left:2px solid var(--soft)}
.tree li:not(:only-child)::after{content:'';position:absolute;top:0;left:0;right:0;border-top:2px solid var(--soft)}.tree li:first-child::after{left:50%!important}.tree li:last-child::after{right:50%!important}.tree li:only-child::after{content:none}
.tree .node{text-align:center;align-items:center;width:100%;max-width:13rem}.tree .node .tag{align-self:center}
.end{margin:.4rem 0 0;font-size:.9rem;font-weight:600;text-align:center}.end.accepted{color:var(--good)}.end.refused{color:var(--bad)}
.card.day{background:none;border-width:1px 0 0;border-radius:0;margin:0;padding:.9rem 0;display:grid;grid-template-columns:11rem minmax(0,1fr);gap:.2rem 1.2rem}.day h3{font-variant-numeric:tabular-nums}.day h3 .quiet{display:block}
.alike{display:flex;gap:.2rem 1.2rem;justify-content:space-between}.alike>ul{margin:0 0 .3rem;padding-left:1.1rem;flex:1 1 auto}.alike>.where{flex:0 1 auto;max-width:20rem}.alike .where{color:var(--soft);font-size:.9rem}.brings{margin:.2rem 0}.brings a{font-family:var(--mono);font-size:.86rem}
.server{margin:0 0 2rem}.lane{color:var(--soft);font-size:.9rem;margin:0}
.verdict{font-size:1.02rem;margin:0 0 .3rem}.said.refused{color:var(--bad)}.said.accepted{color:var(--good)}.said.untold{color:var(--warn)}
.programs{list-style:none;padding:0;margin:0 0 .6rem;display:flex;flex-wrap:wrap;gap:.15rem 1.3rem;font-size:.94rem}
.after{border-top:1px dashed var(--line);padding-top:.7rem}
body>footer{padding-bottom:2.5rem;color:var(--soft);font-size:.88rem}
body>footer p{border-top:1px solid var(--line);margin-top:3rem;padding-top:1.1rem}
@media(max-width:860px){.story{grid-template-columns:minmax(0,1fr)}}
@media(max-width:640px){.card.day{grid-template-columns:minmax(0,1fr);padding:.8rem 0}.day h3 .quiet{display:inline}.alike{flex-wrap:wrap}.alike>ul{flex-basis:100%}.ways{padding:.8rem .3rem}.tree li{min-width:7.6rem}.tree .node{padding:.45rem .4rem}.matrix tbody th{max-width:10rem}body>header,main,body>footer{padding-inline:1rem}body>header{padding-top:1.6rem}.card,.path{padding:.8rem .9rem}.where{margin-left:0;text-align:left;width:100%}.tallies{float:none;display:block}.tally:first-child{margin-left:0}dl div{grid-template-columns:1fr;gap:0;padding:.25rem 0}.code pre{padding-right:.85rem;padding-top:2.3rem}#counted{margin-left:0}.chain{flex-direction:column;gap:1.6rem}.node+.node::before{content:'↓';left:1rem;top:-1.55rem;translate:none}.body{padding-left:0}}
@media print{:root{color-scheme:light;--paper:#fff;--raised:#fff;--ink:#000;--soft:#444;--line:#bbb;--sunk:#f4f4f4;--link:#000;--bad:#8f1d16;--bad-soft:#fff;--warn:#6b4200;--warn-soft:#fff;--info:#234;--info-soft:#fff;--good:#1b5234;--good-soft:#fff}
body{font-size:10.5pt}nav,#filter,.copy,.skip,#all{display:none!important}.card,.path,tr,.node,.ways,.timeline,.code{break-inside:avoid}h2,h3,h4,summary{break-after:avoid}body>header{padding-top:0}.story{grid-template-columns:minmax(0,1fr) minmax(0,1.15fr);gap:1.2rem}.ways{padding:.6rem .2rem}body>footer p{margin-top:1rem}.many :is(.card,.target,.set){content-visibility:visible}main>section{margin:1.5rem 0}.scroll.tall{max-height:none}.others::details-content{content-visibility:visible;height:auto}.timeline{min-width:0}}
`
