// Swagger UI, as a person uses it in headless Chromium: after a log-in, the session cookie is all that it needs.

import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import { test } from 'node:test';

import { PATIENCE, launch, origin, superAdmin, watch } from './browser.mjs';

const newcomer = { username: `browser.${randomBytes(4).toString('hex')}`, password: randomUUID() };

test('Swagger UI works with the session cookie', { timeout: 6 * PATIENCE }, async (t) => {
  const browser = await launch(t);
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
  // There is one for each kind of cookie.
  await dialog.getByRole('button', { name: 'Close', exact: true }).first().click();

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
  assert.deepEqual(users.map(({ last_seen_at: seenAt, ...seen }) => seen), [user]);
  await ui.execute('Account-logOut', 204);
  await ui.execute('Users-listUsers', 401);

  assert.ok(requests.includes(`${origin}/api/openapi.json`), 'requests are not watched');
  assert.deepEqual(requests.filter((url) => new URL(url).origin !== origin), [], 'requests left the origin');
  assert.deepEqual(errors, ui.refusals, 'the console shows other errors than the refusals');
});

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
