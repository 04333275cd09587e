// Swagger UI, as a person uses it in headless Chromium: after a log-in, the session cookie is all that it needs.
//
// GATEHOUSE_URL says where the server is; GATEHOUSE_USER and GATEHOUSE_PASSWORD are those of a super admin there.
// CHROMIUM is the browser, if it is not where Debian has it.

import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import { env, getuid } from 'node:process';
import { test } from 'node:test';

import { chromium } from 'playwright-core';

/** How long one thing may take in the browser, in milliseconds. */
const PATIENCE = 10_000;

const { origin } = new URL(variable('GATEHOUSE_URL'));
const superAdmin = { username: variable('GATEHOUSE_USER'), password: variable('GATEHOUSE_PASSWORD') };
const newcomer = { username: `browser.${randomBytes(4).toString('hex')}`, password: randomUUID() };

test('Swagger UI works with the session cookie', { timeout: 6 * PATIENCE }, async (t) => {
  const browser = await chromium.launch({
    executablePath: env.CHROMIUM ?? '/usr/bin/chromium',
    // As root, Chromium starts without its sandbox only.
    chromiumSandbox: getuid() !== 0,
    // Playwright itself switches off what talks to the network in the background.
    args: ['--disable-gpu', '--disable-quic'],
    timeout: 2 * PATIENCE,
  });
  t.after(() => browser.close());
  const context = await browser.newContext();
  context.setDefaultTimeout(PATIENCE);
  const { requests, errors } = watch(context, t);
  const page = await context.newPage();

  // The root leads to the page, which may load nothing but its own.
  const response = await page.goto(`${origin}/`);
  assert.equal(page.url(), `${origin}/docs/`);
  const policy = response.headers()['content-security-policy'];
  assert.match(policy, /^default-src 'none'; script-src 'self'; .* connect-src 'self';/);
  await page.getByRole('heading', { name: 'Gatehouse' }).waitFor();

  // The dialog asks for the cookie, which no script can send; it says what to do instead.
  const dialog = page.locator('.modal-ux');
  await page.getByRole('button', { name: 'Authorize', exact: true }).click();
  await dialog.getByText('in Swagger UI, log in and leave this empty').waitFor();
  await dialog.getByRole('button', { name: 'Close', exact: true }).click();

  const ui = new SwaggerUi(page);
  const user = await ui.execute('Account-signUp', 201, { body: newcomer });
  assert.equal(user.username, newcomer.username);
  // The cookie by which the device is known outlives the session.
  const sessionCookies = async () => (await context.cookies()).filter((cookie) => !cookie.name.endsWith('_device'));
  assert.deepEqual(await context.cookies(), [], 'a cookie of the sign-up');

  await ui.execute('Account-logIn', 200, { body: newcomer });
  const cookies = await sessionCookies();
  assert.deepEqual(cookies.map((cookie) => cookie.httpOnly), [true], 'the log-in should set an HttpOnly cookie');
  assert.equal(await page.evaluate(() => document.cookie), '', 'a script can read the cookie');
  const me = await ui.execute('Account-whoAmI', 200);
  assert.equal(me.id, user.id);
  await ui.execute('Users-listUsers', 403);
  await ui.execute('Account-logOut', 204);
  assert.deepEqual(await sessionCookies(), [], 'a cookie after the log-out');

  await ui.execute('Account-logIn', 200, { body: superAdmin });
  const { users } = await ui.execute('Users-listUsers', 200, { parameters: { username: newcomer.username } });
  assert.deepEqual(users, [user]);
  await ui.execute('Account-logOut', 204);
  await ui.execute('Users-listUsers', 401);

  assert.ok(requests.includes(`${origin}/api/openapi.json`), 'requests are not watched');
  assert.deepEqual(requests.filter((url) => new URL(url).origin !== origin), [], 'requests left the origin');
  assert.deepEqual(errors, ui.refusals, 'the console shows other errors than the refusals');
});

/**
 * Collects the address of every request that the pages of the browser make, and all that goes wrong in them. The
 * console shows as an error what violates the Content-Security-Policy, and every answer that is none of success.
 */
function watch(context, t) {
  const requests = [];
  const errors = [];
  const report = (error) => {
    errors.push(error);
    t.diagnostic(`in the browser: ${error}`);
  };
  context.on('request', (request) => requests.push(request.url()));
  context.on('console', (message) => {
    if (message.type() === 'error') {
      report(`${message.text()} ${message.location().url}`);
    }
  });
  context.on('weberror', (error) => report(`${error.error()}`));
  return { requests, errors };
}

/** The page, as a person sees and uses it. */
class SwaggerUi {
  /** What the console must show of the answers so far. */
  refusals = [];

  constructor(page) {
    this.page = page;
  }

  /** Executes an operation, and returns the body of the answer that the page shows, which must have this status. */
  async execute(operation, status, { parameters = {}, body } = {}) {
    const block = this.page.locator(`#operations-${operation}`);
    const summary = block.locator('.opblock-summary-control');
    const press = (name) => block.getByRole('button', { name, exact: true }).click();

    await summary.click();
    await press('Try it out');
    for (const [name, value] of Object.entries(parameters)) {
      await block.getByPlaceholder(name, { exact: true }).fill(value);
    }
    if (body) {
      await block.getByRole('textbox').fill(JSON.stringify(body));
    }
    await press('Execute');

    const answer = block.locator('.live-responses-table .response');
    const text = await answer.innerText();
    // A status that the OpenAPI document does not have is marked beside the number.
    const shown = await answer.locator('.response-col_status').innerText();
    assert.equal(shown, `${status}`, `${operation} should have been answered with ${status}: ${text}`);
    if (status >= 400) {
      const url = await block.locator('.request-url pre').innerText();
      const outcome = `${status} (${STATUS_CODES[status]})`;
      this.refusals.push(`Failed to load resource: the server responded with a status of ${outcome} ${url}`);
    }
    const content = status === 204 ? null : JSON.parse(await answer.locator('code').innerText());

    // Cleared, so that this answer is not taken for the next one.
    await press('Clear');
    await press('Cancel');
    await summary.click();
    return content;
  }
}

function variable(name) {
  assert.ok(env[name], `the environment variable ${name} is missing`);
  return env[name];
}
