// The pages under /console/, as people use them in headless Chromium.

import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { test } from 'node:test';

import { PATIENCE, launch, origin, superAdmin, watch } from './browser.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const PHONE = { width: 360, height: 740 };
const DESKTOP = { width: 1280, height: 800 };

for (const viewport of [PHONE, DESKTOP]) {
  test(`people do everything without scripts, ${viewport.width} pixels wide`, { timeout: 9 * PATIENCE }, async (t) => {
    const browser = await launch(t);
    const { context, page, requests, errors } = await open(t, browser, { viewport, javaScriptEnabled: false });
    const newcomer = { username: `page.${randomBytes(4).toString('hex')}`, password: randomUUID() };

    // Sign-up, with a mistake; the field to correct has the focus.
    await page.goto(`${origin}/console/`);
    await page.getByRole('link', { name: 'Sign up' }).click();
    await signUp(page, { ...newcomer, username: 'x' });
    const username = page.getByLabel('Username');
    assert.equal(await username.inputValue(), 'x');
    await page.getByText('A username must have 5 to 20 characters.').waitFor();
    assert.equal(await username.getAttribute('aria-invalid'), 'true');
    await signUp(page, newcomer);
    await page.getByRole('status').getByText('Your account was created.').waitFor();

    // Log-in, with a mistake, to the own account.
    await logIn(page, { ...newcomer, password: randomUUID() });
    await page.getByRole('alert').getByText('The username or the password is wrong').waitFor();
    assert.equal(await page.getByLabel('Password').inputValue(), '');
    await logIn(page, newcomer);
    await page.getByRole('heading', { name: 'Your account' }).waitFor();
    await page.getByText('Chrome on Linux').waitFor();
    assert.equal(await page.getByRole('link', { name: 'Users' }).count(), 0);

    // Another session is ended from here, and the password is changed.
    const other = await open(t, browser, { viewport, javaScriptEnabled: false });
    await other.page.goto(`${origin}/console/login`);
    await logIn(other.page, newcomer);
    await other.page.getByRole('heading', { name: 'Your account' }).waitFor();
    await page.reload();
    await page.getByRole('button', { name: /^End the session/ }).click();
    await page.getByRole('status').getByText('The session was ended.').waitFor();
    await other.page.reload();
    await other.page.getByRole('heading', { name: 'Log in' }).waitFor();

    await page.getByRole('link', { name: 'Change your password' }).click();
    const password = randomUUID();
    await page.getByLabel('Current password').fill(newcomer.password);
    await typeNewPassword(page, password);
    await page.getByRole('button', { name: 'Change the password' }).click();
    await page.getByRole('status').getByText('Your password was changed.').waitFor();
    await page.getByRole('link', { name: 'Log out everywhere' }).click();
    await page.getByRole('button', { name: 'Log out everywhere' }).click();
    await page.getByRole('status').getByText('You are logged out.').waitFor();

    // A super admin finds the user, and does all that can be done.
    await logIn(page, superAdmin);
    await page.getByRole('link', { name: 'Users' }).click();
    await page.getByLabel('Name begins with').fill(newcomer.username.toUpperCase());
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByText('1 user', { exact: true }).waitFor();
    await page.getByRole('link', { name: newcomer.username }).click();
    for (const [action, notice] of [
      ['Make an admin', 'The user is an admin now.'],
      ['Remove the admin role', 'The user is no longer an admin.'],
      ['Inactivate', 'The user was inactivated'],
      ['Reactivate', 'The user was reactivated'],
      ['End all sessions', 'All sessions of the user were ended.'],
    ]) {
      await page.getByRole('link', { name: action, exact: true }).click();
      await page.getByRole('heading', { name: `${newcomer.username}` }).waitFor();
      await page.getByRole('button', { name: action, exact: true }).click();
      await page.getByRole('status').getByText(notice).waitFor();
    }
    await page.getByRole('link', { name: 'Set a new password' }).click();
    await page.getByRole('link', { name: 'Cancel' }).click();
    await page.getByRole('heading', { name: newcomer.username, exact: true }).waitFor();

    await page.getByRole('link', { name: 'Users', exact: true }).click();
    await page.getByRole('link', { name: 'New user' }).click();
    const created = `made.${randomBytes(4).toString('hex')}`;
    await page.getByLabel('Username').fill(created);
    await typeNewPassword(page, password);
    await page.getByLabel('Role').selectOption('Admin');
    await page.getByRole('button', { name: 'Create the user' }).click();
    await page.getByRole('heading', { name: created }).waitFor();
    await page.getByRole('link', { name: 'what was done to this user' }).click();
    await page.getByRole('rowheader', { name: 'Create user' }).waitFor();
    await page.getByLabel('Outcome').selectOption('Refused');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByText('No events match.').waitFor();

    // A user is erased, and the trail shows the id.
    await page.getByRole('link', { name: 'Users', exact: true }).click();
    await page.getByLabel('Name begins with').fill(created);
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByRole('link', { name: created }).click();
    for (const [action, notice] of [
      ['Inactivate', 'The user was inactivated'],
      ['Erase', 'The user was erased for good.'],
    ]) {
      await page.getByRole('link', { name: action, exact: true }).click();
      await page.getByText(action === 'Erase' ? 'This cannot be undone.' : 'cannot log in until reactivated').waitFor();
      await page.getByRole('button', { name: action, exact: true }).click();
      await page.getByRole('status').getByText(notice).waitFor();
    }
    await page.getByRole('link', { name: 'Audit trail' }).click();
    await page.getByRole('cell', { name: /^Erased user/ }).first().waitFor();
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByRole('heading', { name: 'Log in' }).waitFor();

    assert.deepEqual(requests.filter((url) => new URL(url).origin !== origin), [], 'requests left the origin');
    assert.deepEqual(errors.filter((error) => error.includes('Content Security Policy')), []);
    const cookies = await context.cookies();
    assert.ok(cookies.every((cookie) => cookie.httpOnly), 'a script could read a cookie');
  });
}

for (const colorScheme of ['light', 'dark']) {
  for (const viewport of [PHONE, DESKTOP]) {
    const name = `${colorScheme}, ${viewport.width} pixels wide`;
    test(`axe finds nothing on any page, and none is wider than the window: ${name}`, { timeout: 9 * PATIENCE }, async (t) => {
      const browser = await launch(t);
      const { page } = await open(t, browser, { viewport, colorScheme });
      const inspect = async () => {
        await page.evaluate(AXE);
        const violations = await page.evaluate(async () => {
          const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
          const { violations } = await globalThis.axe.run(document, { runOnly: tags });
          return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`);
        });
        assert.deepEqual(violations, [], page.url());
        const overhang = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(overhang <= 0, `${page.url()} is ${overhang} pixels wider than the window`);
      };
      const visit = async (path) => {
        await page.goto(`${origin}/console/${path}`);
        await inspect();
      };

      await visit('login');
      await logIn(page, { ...superAdmin, password: 'wrong' });
      await inspect();
      await visit('signup');
      await signUp(page, { username: 'x', password: 'x' });
      await inspect();
      await visit('nowhere?rd');
      await visit('login');
      await logIn(page, superAdmin);
      await page.getByRole('heading', { name: 'Your account' }).waitFor();
      for (const path of [
        '', 'password', 'sessions/end-others', 'users', 'users?username=zzz', 'users?username=abcdefghijklmnopqrstuvwxyz',
        'users/new', 'welcome', 'audit', 'audit?outcome=refused', 'audit?since=2999-01-01T00:00', 'users/nobody',
      ]) {
        await visit(path);
      }
      const users = await page.request.get(`${origin}/api/v1/users/?role=admin&limit=1`);
      const { id } = (await users.json()).users[0];
      for (const path of ['', '/password', '/inactivate', '/issue-link']) {
        await visit(`users/${id}${path}`);
      }
      await page.getByRole('button', { name: 'Issue a link' }).click();
      const link = await page.getByLabel('Link', { exact: true }).inputValue();
      await inspect();
      await page.goto(link);
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.getByRole('heading', { name: 'Set your password' }).waitFor();
      await inspect();
      await visit('welcome');
      await page.getByLabel('Your link').fill('void');
      await page.getByRole('button', { name: 'Continue' }).click();
      await inspect();
    });
  }
}

test('a link sets a password, with scripts and by pasting without', { timeout: 9 * PATIENCE }, async (t) => {
  const browser = await launch(t);
  const admin = await open(t, browser, { viewport: DESKTOP });
  await admin.page.goto(`${origin}/console/login`);
  await logIn(admin.page, superAdmin);
  await admin.page.getByRole('heading', { name: 'Your account' }).waitFor();
  for (const javaScriptEnabled of [true, false]) {
    const password = randomUUID();
    const username = `made.${randomBytes(4).toString('hex')}`;
    await admin.page.goto(`${origin}/console/users/new`);
    await admin.page.getByLabel('Username').fill(username);
    await admin.page.getByRole('button', { name: 'Create the user' }).click();
    const link = await admin.page.getByLabel('Link', { exact: true }).inputValue();

    const { page, errors } = await open(t, browser, { viewport: PHONE, javaScriptEnabled });
    await page.goto(`${origin}/console/welcome#void`);
    await page.goto(link);
    const field = page.getByLabel('Your link');
    if (javaScriptEnabled) {
      assert.equal(await field.inputValue(), link.split('#')[1], 'a second link in the same tab replaces the first');
      assert.equal(page.url(), `${origin}/console/welcome`);
    } else {
      await field.fill(link);
    }
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText(`You are ${username}.`).waitFor();
    await typeNewPassword(page, password);
    await page.getByRole('button', { name: 'Set the password' }).click();
    await page.getByText('Your password was set. Log in now.').waitFor();
    await logIn(page, { username, password });
    await page.getByRole('heading', { name: 'Your account' }).waitFor();
    assert.deepEqual(errors.filter((error) => error.includes('Content Security Policy')), []);
  }
});

test('the keyboard reaches everything, the content first', { timeout: 6 * PATIENCE }, async (t) => {
  const browser = await launch(t);
  const { page } = await open(t, browser, { viewport: DESKTOP });
  await page.goto(`${origin}/console/login`);
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to content');
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'content');
  await page.keyboard.press('Tab');
  await page.keyboard.type(superAdmin.username);
  await page.keyboard.press('Tab');
  await page.keyboard.insertText(superAdmin.password);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Your account' }).waitFor();
});

test('after a log-out, the way back shows no account', { timeout: 6 * PATIENCE }, async (t) => {
  // Playwright switches off the cache that this is about.
  const browser = await launch(t, { ignoreDefaultArgs: ['--disable-back-forward-cache'] });
  const { page } = await open(t, browser, { viewport: DESKTOP });
  await page.goto(`${origin}/console/login`);
  await logIn(page, superAdmin);
  await page.getByRole('heading', { name: 'Your account' }).waitFor();
  await page.getByRole('link', { name: 'Users' }).click();
  await page.getByRole('heading', { name: 'Users' }).waitFor();
  await page.getByRole('button', { name: 'Log out' }).click();
  await page.getByText('You are logged out.').waitFor();
  for (let steps = 1; steps <= 4; steps += 1) {
    // A page of the cache is not loaded.
    await page.goBack({ waitUntil: 'commit' });
    await page.waitForTimeout(500);
    const text = await page.locator('body').innerText();
    assert.ok(!text.includes(superAdmin.username), `${steps} steps back, ${page.url()} shows: ${text}`);
  }
});

test('a link on a page of another site leads a person who is logged in to the page', { timeout: 6 * PATIENCE }, async (t) => {
  const { port } = new URL(origin);
  const foreign = createServer((_, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(`<a href="http://127.0.0.1:${port}/console/users?username=a">Users</a>`);
  });
  await new Promise((resolve) => foreign.listen(0, '127.0.0.1', resolve));
  t.after(() => foreign.close());
  const browser = await launch(t);
  for (const javaScriptEnabled of [true, false]) {
    const { page, context } = await open(t, browser, { viewport: DESKTOP, javaScriptEnabled });
    const follow = async () => {
      await page.goto(`http://localhost:${foreign.address().port}/`);
      await page.getByRole('link', { name: 'Users' }).click();
    };
    await follow();
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
    await logIn(page, superAdmin);
    await page.getByRole('heading', { name: 'Users' }).waitFor();
    const session = (await context.cookies()).find((cookie) => cookie.name === 'access_token');
    assert.equal(session.sameSite, 'Strict', 'the test needs same_site = "strict"');
    await follow();
    await page.getByRole('heading', { name: 'Users' }).waitFor();
    assert.equal(page.url(), `${origin}/console/users?username=a`);
  }
});

async function open(t, browser, options) {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(PATIENCE);
  return { context, ...watch(context, t), page: await context.newPage() };
}

async function logIn(page, { username, password }) {
  await page.getByLabel('Username').fill(username);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
}

async function signUp(page, { username, password }) {
  await page.getByLabel('Username').fill(username);
  await typeNewPassword(page, password);
  await page.getByRole('button', { name: 'Sign up' }).click();
}

async function typeNewPassword(page, password) {
  await page.getByLabel(/^(New p|P)assword$/).fill(password);
  await page.getByLabel('The same password again').fill(password);
}
