"""What is said in a group in a word or two: join, leave, agree, settle. Alone they mean little elsewhere."""

import re

from core.nlu.draft import Draft
from core.turns import Act

_JOIN = re.compile(
    r"(?:我也?(?:要|想)?)?加入(?:群|你们)?|我?也?join(?: in)?|算(?:上)?我(?:一个|一份)?"
    r"|(?:please )?join(?: us| me| the group| in)?|let me (?:in|join)|count me in(?: too)?"
    r"|i(?:'?d like to| want to)? join(?: in| too)?"
)
_OUT = re.compile(
    r"(?:别|不(?:要|用)?)(?:再)?算(?:上)?我(?:的)?(?:口味)?了?|(?:please )?count me out(?: of (?:this|it))?"
    r"|(?:我(?:要|想|先)?)?退出(?:群|吧|了)?|(?:i(?:'?d like to| want to)? )?leave the group"
)
_LEAVE = re.compile(
    r"我?不(?:参加|加入)了?|把我(?:去掉|拿掉|移出)|(?:i(?:'?d like to| want to)? )?leave|i'?m out|take me out"
)
_THAT_ONE = re.compile(r"就(?:它|这(?:个|部|本)?)(?:吧|了|定)*")
_FINE = re.compile(
    r"(?:no\.? ?|number |#)?(?P<place>[1-9]) (?:is|looks|sounds) (?:fine|ok|okay|good|great)(?: (?:with|by) me)?"
    r"|(?P<zh>[1-9])号?(?:可以|行|ok|不错)"
)
_ALL_FINE = re.compile(
    r"(?:(?:ok|okay|好|嗯|行|那)[ ,，]*)?这[个部本张首篇]?(?:大家|我们|全家|他们)都 ?"
    r"(?:ok|可以|同意|行|好|没意见|愿意)[了的]?"
    r"|(?:(?:ok|okay)[ ,]*)?(?:we'?re|we are|every(?:one|body)(?:'s| is)) (?:all )?(?:fine|ok|okay|good|happy)"
    r" with (?:this|that|it)(?: one)?"
)
_SETTLE = re.compile(
    r"(?:那|就|这么)*定(?:下来?)?(?:了|吧|一个)*|(?:大家)?别争了"
    r"|(?:数|唱|计|开)票|投票(?:结束|结果)|(?:ok |okay |let'?s )?settle(?: it| on one| this)?|let'?s (?:settle|decide)"
    r"|count (?:the )?votes|(?:who|what|which(?: one)?) won|final (?:answer|decision)"
)


def group_acts(d: Draft) -> bool:
    """True where the whole message is one of these. Leaving and settling only where there are several to do so."""
    said = d.read.text.folded.strip(" ,.!?~…，。！？、呀啊啦呢哈")
    if _OUT.fullmatch(said) or (d.context.group and _LEAVE.fullmatch(said)):
        d.emit(Act.UNDO, None, 6.0, kind="joined")
    elif _ALL_FINE.fullmatch(said):
        d.emit(Act.ACCEPT, None, 6.0)
    elif _JOIN.fullmatch(said):
        d.emit(Act.GROUP_JOIN, None, 6.0)
    elif d.context.group and (fine := _FINE.fullmatch(said)):
        place = int(fine["place"] or fine["zh"])
        d.emit(Act.ORDINAL, None, 6.0, place=place)
        d.emit_item(Act.LIKE, None, place, 6.0)  # a vote, and nothing is taken yet
    elif not d.context.group or len(d.context.shown) < 2:
        return False
    elif _SETTLE.fullmatch(said) or (d.context.focus is None and _THAT_ONE.fullmatch(said)):
        d.emit(Act.GROUP_SETTLE, None, 6.0)
    else:
        return False
    return True
