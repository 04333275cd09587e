"""An application on fastapi-users: its users, its sessions in the database, on SQLAlchemy and asyncpg."""

import os
import uuid
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Query, status
from fastapi_users import BaseUserManager, FastAPIUsers, UUIDIDMixin
from fastapi_users.authentication import AuthenticationBackend, CookieTransport
from fastapi_users.authentication.strategy.db import DatabaseStrategy
from fastapi_users_db_sqlalchemy import SQLAlchemyBaseUserTableUUID, SQLAlchemyUserDatabase
from fastapi_users_db_sqlalchemy.access_token import SQLAlchemyAccessTokenDatabase, SQLAlchemyBaseAccessTokenTableUUID
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import make_url, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase

LIFETIME_SECONDS = 24 * 60 * 60

url = make_url(os.environ["PEER_DATABASE_URL"]).set(drivername="postgresql+asyncpg", query={"ssl": "disable"})
engine = create_async_engine(url, pool_size=16, max_overflow=0)
new_session = async_sessionmaker(engine, expire_on_commit=False)


class Base(DeclarativeBase):
    pass


class User(SQLAlchemyBaseUserTableUUID, Base):
    """A username takes the place of the e-mail address."""


class AccessToken(SQLAlchemyBaseAccessTokenTableUUID, Base):
    pass


class UserManager(UUIDIDMixin, BaseUserManager[User, uuid.UUID]):
    pass


class Credentials(BaseModel):
    username: str
    password: str


class UserView(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    username: str = Field(validation_alias="email")
    is_active: bool
    is_superuser: bool


class Page(BaseModel):
    users: list[UserView]


async def get_session() -> AsyncIterator[AsyncSession]:
    async with new_session() as session:
        yield session


Session = Annotated[AsyncSession, Depends(get_session)]


def get_user_manager(session: Session) -> UserManager:
    return UserManager(SQLAlchemyUserDatabase(session, User))


def get_strategy(session: Session) -> DatabaseStrategy:
    return DatabaseStrategy(SQLAlchemyAccessTokenDatabase(session, AccessToken), lifetime_seconds=LIFETIME_SECONDS)


backend = AuthenticationBackend("database", CookieTransport(cookie_max_age=LIFETIME_SECONDS), get_strategy)
accounts = FastAPIUsers[User, uuid.UUID](get_user_manager, [backend])
app = FastAPI()


@app.get("/api/v1/")
async def alive() -> dict[str, str]:
    return {"status": "ok"}


@app.post("/api/v1/account/login")
async def log_in(
    credentials: Credentials,
    manager: Annotated[UserManager, Depends(get_user_manager)],
    strategy: Annotated[DatabaseStrategy, Depends(get_strategy)],
):
    user = await manager.authenticate(credentials)
    if user is None or not user.is_active:
        raise HTTPException(status.HTTP_401_UNAUTHORIZED)
    return await backend.login(strategy, user)


@app.get("/api/v1/account/me")
async def me(user: Annotated[User, Depends(accounts.current_user(active=True))]) -> UserView:
    return user


@app.get("/api/v1/users/", dependencies=[Depends(accounts.current_user(active=True, superuser=True))])
async def users(session: Session, limit: Annotated[int, Query(ge=1, le=100)] = 20) -> Page:
    page = await session.scalars(select(User).order_by(User.email).limit(limit))
    return Page(users=page.all())
