"""Names made of syllables, each with a visible SIM: no real person or company."""

from __future__ import annotations

from earned.simulation.streams import Stream


def _syllables(text: str) -> list[str]:
    return text.split()


_PLACES = _syllables("青澜 云岑 松泽 禾砚 星汀 远岫 瑞桐 博屿 海棠湾 临溪 景曜 安槐 沐川 晴屿 岭南坡 汐月")
_WORDS = _syllables("数联 智序 通衡 启晟 科桥 讯禾 融汇川 信澄 创衍 恒朗 佳墨 立壹")
_TRADES = {
    "SKA-1": _syllables("集团 控股 实业"),
    "SKA-2": _syllables("集团 置业 物流"),
    "FIN": _syllables("银行 保险 消费金融 证券"),
    "INT": _syllables("网络 通信 电商 互娱"),
    "GEM": _syllables("能源 制造 城投 水务"),
    "SME": _syllables("商贸 餐饮 教育 旅行"),
    "JPN": _syllables("株式会社 商事 物産"),
}
_FAMILY = _syllables("阿 艾 柏 岑 丹 尔 芙 戈 禾 伊 坚 珂 岚 沐 诺 欧")
_GIVEN = _syllables("一珂 二澜 三屿 四禾 五岑 六汀 七砚 八曜 九槐 十朗 百衍 千溪")


def company(stream: Stream, department: str, number: int) -> str:
    """The registered name of a customer, for example SIM 青澜数联银行 017."""
    parts = (stream.pick(_PLACES), stream.pick(_WORDS), stream.pick(_TRADES[department]))
    return f"SIM {''.join(parts)} {number:03d}"


def person(stream: Stream) -> str:
    """A person's name in characters, for example SIM 阿二澜."""
    return f"SIM {stream.pick(_FAMILY)}{stream.pick(_GIVEN)}"
