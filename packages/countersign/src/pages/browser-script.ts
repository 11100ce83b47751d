// Made by scripts/browser-script.ts of src/browser/session.ts: change that.

/** What the app serves as /countersign/browser.js. */
export const browserScript: { readonly etag: string; readonly text: string } = {
  etag: '"29a4909b1edeaa1b"',
  text: `const page = globalThis;
let current = '';
let endsAt = 0;
let asked;
function keep(token) {
const part = token.split('.')[1] ?? '';
const { iat, exp } = JSON.parse(atob(part.replaceAll('-', '+').replaceAll('_', '/')));
current = token;
endsAt = Date.now() + (exp - iat - 5) * 1000;
return token;
}
async function askJira() {
const context = page.AP?.context;
if (!context) throw new Error('The session has ended. Reload the page.');
return keep(await context.getToken());
}
async function token() {
if (Date.now() < endsAt) return current;
asked ??= askJira().finally(() => {
asked = undefined;
});
return asked;
}
function renew(next) {
if (next) keep(next);
}
async function send(request) {
const used = await token();
request.headers.set('authorization', \`JWT \${used}\`);
const response = await fetch(request);
if (response.status === 401 && current === used) endsAt = 0;
renew(response.headers.get('x-countersign-session'));
return response;
}
export const session = {
async fetch(input, init) {
const request = new Request(input, init);
if (new URL(request.url).origin !== page.location?.origin) {
throw new TypeError('session.fetch is for URLs of the app itself.');
}
const again = request.clone();
const response = await send(request);
return response.status === 401 && page.AP ? send(again) : response;
},
token,
renew,
};
renew(page.document?.querySelector('meta[name=countersign-session]')?.content);
`,
};
