"""Why a file was left out, in Chinese: the library's own messages are in English and name the file's path."""

from __future__ import annotations

import re
from typing import Final

from ui.words import Words

# The first that is found; what none of them knows is shown as it is.
_CHINESE: Final = (
    (r"the file is empty|the page is empty", "里面没有文字"),
    (r"no text besides its links|no web page in it", "网页里没有正文；请重新保存文章所在的那一页"),
    (r"needs OCR", "这是扫描件或图片，要先安装文字识别：pip install 'zhengwen[ocr]'"),
    (r"password", "文件加了密码；请用密码打开，另存一份没有密码的"),
    (r"save it as \.docx", "不能读取这种文件；请用 Word 或 WPS 打开，另存为 .docx"),
    (r"save it as \.xlsx", "不能读取这种文件；请用 Excel 或 WPS 打开，另存为 .xlsx"),
    (r"export it as PDF", "不能读取这种文件；请打开后导出为 PDF"),
    (r"unpack it", "这是压缩包；请解压后上传里面的文件"),
    (r"save its text as|deeper than", "不能读取这种文件；请把文字另存为 .txt"),
    (r"not what its ending says", "文件内容与扩展名不符；请改正扩展名或重新保存"),
    (r"not a text file", "不是文本文件，或编码不明；请另存为 UTF-8 文本"),
    (r"files ending in", "不能读取这种文件"),
    (r"can(?:no|')t be opened", "打不开；请检查文件和它的权限"),
    (
        r"could not be read within|takes more than .* of memory|crashed what reads",
        "读取太慢、太占内存或出错；请拆分或另存后再试",
    ),
    (r"unpack|parts of", "压缩的内容展开后太大；请拆分"),
    (r"declares entities", "文件结构不安全；请用 Word、Excel 或 WPS 另存"),
    (r"is no row of a table", "不是完好的表格；请用 Excel 或 WPS 另存"),
    (r"damaged|crashed", "文件已损坏；请重新取得或另存"),
    (r"columns|cells", "表格太大；请拆分"),
    (r"a line has more", "一行太长，不像文档；请补上换行"),
    (r"pixels", "图片太大；请缩小"),
    (r"are read|larger", "文件太大；请拆分"),
    (r"no documents in|none of the .* files", "文件夹里没有可读的文档"),
    (r"the build of .* ended", "更新中途停止，请重试"),
    (r"\.toml", "metadata.toml 有错，请先改正它"),
    (r"embedding model|the model", "向量模型不能用，请告诉管理员"),
)
_PATH: Final = re.compile(r"^(?:[a-zA-Z]:)?[/\\].*?: ")


def reason(message: str, words: Words) -> str:
    """Say in the page's language what a message says, without the path on the server."""
    bare = _PATH.sub("", message)
    if words.lang == "en":
        return bare
    return next((chinese for pattern, chinese in _CHINESE if re.search(pattern, bare)), bare)
