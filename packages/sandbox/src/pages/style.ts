/** All of the site's CSS. */
export const css = `
:root {
  color-scheme: light dark;
  --ground: #f7f7f5; --card: #ffffff; --ink: #1f2328; --soft: #5b6470; --line: #dcdfe3;
  --accent: #1652b8; --accent-ink: #ffffff; --good: #176638; --good-ground: #dcf3e4;
  --bad: #a1261d; --bad-ground: #fbe3e0; --busy: #7a4f00; --busy-ground: #fbeecb; --code: #eef0f2;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #15181c; --card: #1d2126; --ink: #e4e7eb; --soft: #9aa4b0; --line: #343a42;
    --accent: #86b1ff; --accent-ink: #10151c; --good: #8ddbaa; --good-ground: #16392a;
    --bad: #ffa69c; --bad-ground: #4a1f1b; --busy: #f3cd7a; --busy-ground: #43330f; --code: #282d34;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
a { color: var(--accent); }
a:focus-visible, button:focus-visible, input:focus-visible, select:focus-visible, textarea:focus-visible, summary:focus-visible {
  outline: 3px solid var(--accent); outline-offset: 2px;
}
header { border-bottom: 1px solid var(--line); background: var(--card); }
header > div, main, footer { max-width: 1080px; margin: 0 auto; padding: 0 20px; }
header > div { display: flex; flex-wrap: wrap; align-items: baseline; gap: 4px 24px; padding-block: 12px; }
header strong { font-size: 16px; }
header strong a { color: inherit; text-decoration: none; }
nav { display: flex; flex-wrap: wrap; gap: 4px 16px; }
nav a[aria-current] { color: inherit; text-decoration: none; font-weight: 600; }
main { padding-block: 24px 48px; }
footer { padding-block: 16px 32px; color: var(--soft); font-size: 13px; }
h1 { font-size: 24px; line-height: 1.25; margin: 0 0 8px; overflow-wrap: anywhere; }
h2 { font-size: 17px; line-height: 1.35; margin: 0 0 12px; overflow-wrap: anywhere; }
.card > h3 { font-size: 13px; margin: 0 0 4px; color: var(--soft); }
[hidden] { display: none !important; }
p { margin: 0 0 12px; max-width: 70ch; }
.soft { color: var(--soft); }
.small { font-size: 13px; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 18px 20px; margin-top: 20px; }
.columns { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 0 20px; align-items: start; }
.scroll { overflow-x: auto; margin-inline: -20px; padding-inline: 20px; }
table { border-collapse: collapse; width: 100%; }
th { text-align: left; font-size: 13px; font-weight: 600; color: var(--soft); white-space: nowrap; }
th, td { padding: 7px 14px 7px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
tr:last-child > td { border-bottom: 0; }
td.tight { white-space: nowrap; }
code, pre, .path { font: 13px/1.5 ui-monospace, 'SFMono-Regular', Menlo, Consolas, monospace; }
code { background: var(--code); border-radius: 4px; padding: 1px 5px; overflow-wrap: anywhere; }
pre { background: var(--code); border-radius: 6px; padding: 12px 14px; margin: 0 0 12px; white-space: pre-wrap; overflow-wrap: anywhere; }
.path { overflow-wrap: anywhere; min-width: 30ch; }
.badge { display: inline-block; border-radius: 4px; padding: 0 7px; font-size: 12px; font-weight: 600; line-height: 20px; white-space: nowrap; background: var(--code); color: var(--ink); }
.badge.good { background: var(--good-ground); color: var(--good); }
.badge.bad { background: var(--bad-ground); color: var(--bad); }
.badge.busy { background: var(--busy-ground); color: var(--busy); }
.notice { background: var(--bad-ground); color: var(--bad); border-radius: 8px; padding: 12px 16px; margin: 0 0 20px; overflow-wrap: anywhere; }
.after { margin: 12px 0 0; }
form.row { display: flex; flex-wrap: wrap; gap: 8px; align-items: end; }
form.inline { display: inline-block; margin: 0 6px 6px 0; }
label { display: block; font-size: 13px; font-weight: 600; flex: 1 1 300px; min-width: 0; }
input, select, textarea { display: block; width: 100%; margin-top: 4px; font: inherit; font-weight: 400; padding: 7px 10px; border: 1px solid var(--soft); border-radius: 6px; background: var(--ground); color: inherit; }
select { height: 38px; }
label.check { display: flex; gap: 8px; align-items: center; font-weight: 400; }
label.check input { width: auto; margin: 0; flex: none; }
textarea { font: 13px/1.5 ui-monospace, 'SFMono-Regular', Menlo, Consolas, monospace; resize: vertical; overflow-wrap: anywhere; }
::placeholder { color: var(--soft); opacity: 1; }
button { font: inherit; font-weight: 600; line-height: 1.4; padding: 7px 14px; border: 1px solid var(--accent); border-radius: 6px; background: var(--accent); color: var(--accent-ink); cursor: pointer; }
button.quiet { background: transparent; color: var(--accent); border-color: var(--line); font-size: 13px; padding: 3px 10px; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 6px 18px; margin: 0; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; white-space: pre-line; }
.app { border-top: 1px solid var(--line); padding-top: 14px; margin-top: 14px; }
.app h3 { font-size: 15px; margin: 0 0 4px; }
.comment { border-top: 1px solid var(--line); padding-top: 10px; margin-top: 10px; white-space: pre-line; }
.text { white-space: pre-line; overflow-wrap: anywhere; }
iframe { display: block; width: 100%; height: 260px; border: 1px solid var(--line); border-radius: 6px; background: #fff; color-scheme: normal; }
summary { cursor: pointer; overflow-wrap: anywhere; }
mark { background: var(--bad-ground); color: var(--bad); font-weight: 600; text-decoration: underline; text-underline-offset: 3px; border-radius: 3px; }
.last { margin-bottom: 0; }
.mark { margin: 0 0 8px; }
.verdict > :last-child { margin-bottom: 0; }
.verdict dl.answer { grid-template-columns: max-content minmax(0, 1fr); }
.verdict dl strong { font-weight: 600; }
dl.answer dd { white-space: normal; }
.read, .hint { margin: 14px 0 0; }
.checks { list-style: none; margin: 0; padding: 0; }
.checks li { display: grid; grid-template-columns: 100px minmax(0, 1fr); gap: 0 10px; padding: 7px 0; border-bottom: 1px solid var(--line); align-items: start; overflow-wrap: anywhere; }
.checks li:last-child { border-bottom: 0; padding-bottom: 0; }
.checks .badge { justify-self: start; margin-top: 2px; }
.checks + details { margin-top: 14px; }
.ids { margin: 10px 0 0; max-width: none; line-height: 2; }
table.claims th[scope='row'] { color: inherit; font-weight: 400; }
table.claims tr:last-child > th { border-bottom: 0; }
td.value { font: 13px/1.6 ui-monospace, 'SFMono-Regular', Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.inspector { display: grid; grid-template-columns: minmax(0, 2fr) minmax(0, 3fr); gap: 20px; margin-top: 20px; align-items: start; }
.inspector > * { grid-column: 1 / -1; margin: 0; }
.inspector > :nth-child(3) { grid-column: 1; }
.inspector > .details { grid-column: 2; }
.details > :first-child { margin-top: 0; }
.even { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); }
.even > :only-child { grid-column: 1 / -1; }
hr { border: 0; border-top: 1px solid var(--line); margin: 14px 0; }
.fields label { margin-top: 14px; }
.fields > label:first-child { margin-top: 0; }
.fields h2 { margin-bottom: 0; }
.fields button { margin-top: 18px; }
.fields .note { margin: 4px 0 0; }
.pair { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 0 12px; }
.pair.short { grid-template-columns: 92px minmax(0, 1fr); }
.bar { display: flex; flex-wrap: wrap; gap: 8px 16px; align-items: end; justify-content: space-between; margin-bottom: 16px; }
form.filter { flex: 1 1 auto; align-items: end; }
.filter label { flex: 0 1 170px; min-width: 110px; }
.filter a { padding: 7px 4px; }
.settings { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 150px), 1fr)); gap: 0 12px; }
.settings label { margin-top: 12px; }
.settings .whole { grid-column: 1 / -1; }
.settings button { justify-self: start; margin-top: 16px; }
.settings input, .settings select { min-width: 0; }
.live { margin: 0; padding-bottom: 8px; }
.live.on::before { content: ''; display: inline-block; width: 8px; height: 8px; border-radius: 50%; background: var(--good); margin-right: 6px; }
.log { overflow-anchor: none; }
.requests tbody tr { position: relative; }
.requests tbody tr:hover { background: var(--code); }
.requests td.path a { color: inherit; text-decoration: none; }
.requests td.path a::after { content: ''; position: absolute; inset: 0; }
.requests td.path a:focus-visible { outline: 0; }
.requests td.path a:focus-visible::after { outline: 3px solid var(--accent); outline-offset: -3px; }
.requests tr:hover td.path a { text-decoration: underline; }
.requests td:first-child { padding-left: 6px; }
.requests th:first-child { padding-left: 6px; }
.app-key { overflow-wrap: anywhere; min-width: 16ch; }
h1.path { font-size: 20px; font-weight: 600; min-width: 0; }
.facts { max-width: none; }
.around { margin-top: 20px; }
.invocation > div > .card:first-child { margin-top: 20px; }
.card > h3.body { margin-top: 14px; }
.card pre.last { margin-bottom: 0; }
.app details { margin-top: 6px; }
@media (max-width: 720px) {
  .verdict dl.answer { grid-template-columns: minmax(0, 1fr); gap: 0; }
  .verdict dl.answer dd + dt { margin-top: 10px; }
  .inspector > :nth-child(n) { grid-column: 1 / -1; }
  .even > * { grid-column: 1 / -1; }
  .checks li { grid-template-columns: minmax(0, 1fr); gap: 2px; }
  .filter label { flex: 1 1 110px; }
  .columns { grid-template-columns: minmax(0, 1fr); }
  header > div, main, footer { padding-inline: 14px; }
  .card { padding: 14px; }
  .scroll { margin-inline: -14px; padding-inline: 14px; }
  table.stack thead { display: none; }
  table.stack tr { display: block; padding: 10px 0; border-bottom: 1px solid var(--line); }
  table.stack tr:last-child { border-bottom: 0; }
  .requests tbody tr:hover { background: none; }
  .requests td:first-child { padding-left: 0; }
  .app-key { min-width: 0; }
  table.stack td { display: inline; border: 0; padding: 0; margin-right: 8px; white-space: normal; }
  table.stack td.wide { display: block; margin: 2px 0 0; min-width: 0; }
}
`;
