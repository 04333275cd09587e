"""Makes the tables, `root.admin` and other users, who all have its password."""

import asyncio
import sys

from app import Base, User, engine, new_session
from fastapi_users.password import PasswordHelper


async def prepare(username: str, password: str, users: int) -> None:
    hashed = PasswordHelper().hash(password)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with new_session.begin() as session:
        session.add(User(email=username, hashed_password=hashed, is_superuser=True))
        session.add_all(User(email=f"user{number:07}", hashed_password=hashed) for number in range(1, users + 1))
    await engine.dispose()


username, password, users = sys.argv[1:]
asyncio.run(prepare(username, password, int(users)))
