/** All of the site's CSS. */
export const css = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#f7f7f5, #15181c); --card: light-dark(#ffffff, #1d2126); --ink: light-dark(#1f2328, #e4e7eb);
  --soft: light-dark(#5b6470, #9aa4b0); --line: light-dark(#dcdfe3, #343a42); --accent: light-dark(#1652b8, #86b1ff);
  --accent-ink: light-dark(#ffffff, #10151c); --good: light-dark(#176638, #8ddbaa); --good-ground: light-dark(#dcf3e4, #16392a);
  --bad: light-dark(#a1261d, #ffa69c); --bad-ground: light-dark(#fbe3e0, #4a1f1b); --busy: light-dark(#7a4f00, #f3cd7a);
  --busy-ground: light-dark(#fbeecb, #43330f); --code: light-dark(#eef0f2, #282d34); --shadow: light-dark(#1f232833, #00000080);
}
:root[data-theme='light'] { color-scheme: light; }
:root[data-theme='dark'] { color-scheme: dark; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
a { color: var(--accent); }
a:focus-visible, button:focus-visible, input:focus-visible, select:focus-visible, textarea:focus-visible, summary:focus-visible, iframe:focus-visible, pre:focus-visible {
  outline: 3px solid var(--accent); outline-offset: 2px;
}
main:focus { outline: 0; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: 8px; top: -60px; z-index: 2; padding: 8px 14px; border-radius: 6px; background: var(--accent); color: var(--accent-ink); }
.skip:focus { top: 8px; }
header { border-bottom: 1px solid var(--line); background: var(--card); }
header > div, main, footer { max-width: 1080px; margin: 0 auto; padding: 0 20px; }
header > div { display: flex; flex-wrap: wrap; align-items: center; gap: 0 16px; }
header strong { font-size: 15px; white-space: nowrap; }
header strong a { color: inherit; text-decoration: none; }
nav { display: flex; flex-wrap: wrap; gap: 4px 16px; }
header nav { gap: 0; flex: 1 1 auto; }
header nav a { padding: 14px 6px 12px; font-size: 14px; border-bottom: 2px solid transparent; color: var(--soft); text-decoration: none; }
header nav a:hover { color: var(--ink); }
header nav a[aria-current] { color: var(--ink); border-color: var(--accent); font-weight: 600; }
.tools { display: flex; align-items: center; gap: 8px; padding-block: 8px; }
.tools form { display: flex; }
.tools button.quiet { text-transform: capitalize; padding-block: 4px; }
.tools [data-theme-name]::before { content: '◐ '; content: '◐ ' / ''; }
.menu { position: relative; }
.menu > summary { list-style: none; font-size: 13px; font-weight: 600; padding: 4px 10px; border: 1px solid var(--line); border-radius: 6px; white-space: nowrap; }
.menu > summary::-webkit-details-marker { display: none; }
.menu > summary::after { content: ''; display: inline-block; margin: 0 1px 2px 8px; border: 4px solid transparent; border-top-color: currentColor; border-bottom: 0; }
.menu > form { position: absolute; right: 0; top: calc(100% + 6px); z-index: 1; display: grid; min-width: 220px; padding: 6px; background: var(--card); border: 1px solid var(--line); border-radius: 8px; box-shadow: 0 8px 24px var(--shadow); }
.item { display: block; padding: 6px 10px; border: 0; border-radius: 4px; background: transparent; color: inherit; font: inherit; text-align: left; text-decoration: none; }
.item:hover { background: var(--code); }
.item[aria-current] { font-weight: 600; background: var(--code); }
a.item { color: var(--accent); font-size: 13px; border-top: 1px solid var(--line); border-radius: 0 0 4px 4px; margin-top: 6px; padding-top: 8px; }
main { padding-block: 24px 48px; min-height: calc(100vh - 130px); }
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
iframe { display: block; width: 100%; height: 260px; border: 0; box-shadow: 0 0 0 1px var(--line); border-radius: 6px; background: #fff; color-scheme: normal; }
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
.narrow { display: none; }
pre.tall { max-height: 560px; overflow: auto; }
h1.path { font-size: 20px; font-weight: 600; min-width: 0; }
.facts { max-width: none; }
.around { margin-top: 20px; }
.invocation > div > .card:first-child { margin-top: 20px; }
.card > h3.body { margin-top: 14px; }
.card pre.last { margin-bottom: 0; }
.app details { margin-top: 6px; }
.crumbs { margin-bottom: 4px; }
.issue > div:first-child > .card:first-child, .issue > div:last-child > .card:first-child { margin-top: 12px; }
code.id { font-size: 11px; padding: 0 4px; }
.issue > div:last-child > .card { padding: 14px 16px; }
dl.values { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 6px 12px; font-size: 14px; }
.comment-form { border-top: 1px solid var(--line); margin-top: 14px; padding-top: 12px; }
.comment-form button { margin-top: 10px; }
textarea.prose { font: inherit; }
.comment:first-child { border-top: 0; padding-top: 0; margin-top: 0; }
.choices { display: flex; flex-wrap: wrap; gap: 6px; }
.chips { display: flex; flex-wrap: wrap; gap: 4px 14px; margin: 12px 0; max-width: none; }
.search a { padding: 7px 4px; }
.search + .chips + .scroll { margin-top: 4px; }
.rows tbody tr:hover { background: var(--code); }
.rows th:first-child, .rows td:first-child { padding-left: 6px; }
.app:first-of-type { border-top: 0; padding-top: 0; margin-top: 0; }
.app h3 a { color: inherit; }
.app > details { margin-top: 10px; }
.page-frame { margin-top: 16px; }
.page-frame > iframe { height: 70vh; }
.plain { padding-left: 20px; margin: 0; }
.plain li { margin: 4px 0; }
kbd { font: 12px/1.4 ui-monospace, 'SFMono-Regular', Menlo, Consolas, monospace; padding: 1px 6px; border: 1px solid var(--line); border-bottom-width: 2px; border-radius: 4px; background: var(--code); }
dialog { color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 18px 20px; box-shadow: 0 16px 48px var(--shadow); }
dialog::backdrop { background: #0007; }
dialog:focus { outline: 0; }
.keys { min-width: min(320px, 90vw); }
.app-dialog { width: 600px; height: 400px; max-width: 96vw; max-height: 94vh; padding: 0; overflow: hidden; }
.app-dialog[open] { display: flex; flex-direction: column; }
.app-dialog[data-size='small'] { width: 400px; height: 300px; }
.app-dialog[data-size='medium'] { width: 600px; height: 500px; }
.app-dialog[data-size='large'] { width: 800px; height: 600px; }
.app-dialog[data-size='x-large'] { width: 960px; height: 700px; }
.app-dialog[data-size='fullscreen'], .app-dialog[data-size='maximum'] { width: 96vw; height: 94vh; }
.app-dialog > h2 { margin: 0; padding: 14px 18px; border-bottom: 1px solid var(--line); }
.app-dialog > iframe { flex: 1; min-height: 0; height: auto; box-shadow: none; border-radius: 0; }
.app-dialog > .buttons { display: flex; gap: 8px; align-items: center; justify-content: flex-end; padding: 10px 18px; border-top: 1px solid var(--line); }
.app-dialog .buttons > span { margin-right: auto; }
.app-dialog .buttons > button { font-size: 15px; padding: 5px 14px; }
button:disabled { opacity: .5; cursor: default; }
.flags { position: fixed; left: 16px; bottom: 16px; z-index: 3; display: grid; gap: 10px; width: min(380px, calc(100vw - 32px)); }
.flag { background: var(--card); border: 1px solid var(--line); border-left: 4px solid var(--accent); border-radius: 8px; padding: 12px 16px; box-shadow: 0 8px 24px var(--shadow); overflow-wrap: anywhere; }
.flag.success { border-left-color: var(--good); }
.flag.warning { border-left-color: var(--busy); }
.flag.error { border-left-color: var(--bad); }
.flag p { margin: 2px 0 0; }
.flag p:empty { display: none; }
.flag .actions { display: flex; gap: 6px; margin-top: 8px; }
@media (max-width: 720px) {
  header > div { gap: 0 6px; }
  .tools { gap: 6px; }
  .tools [data-theme-name] { font-size: 0; }
  .tools [data-theme-name]::before { font-size: 15px; }
  .tools button.quiet, .menu > summary { padding-inline: 7px; }
  header strong { order: 0; flex: 1 1 auto; padding-block: 10px; font-size: 14px; }
  .tools { order: 1; }
  header nav { order: 2; flex: 1 0 100%; flex-wrap: nowrap; overflow-x: auto; margin-inline: -14px; padding-inline: 5px; scrollbar-width: none; }
  header nav a { padding: 8px 9px 9px; }
  .rows tbody tr:hover { background: none; }
  .rows td:first-child { padding-left: 0; }
  .issue > div:last-child > .card:first-child { margin-top: 20px; }
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
  .narrow { display: inline; }
  table.stack td { display: inline; border: 0; padding: 0; margin-right: 8px; white-space: normal; }
  table.stack td.wide { display: block; margin: 2px 0 0; min-width: 0; }
}
`;
