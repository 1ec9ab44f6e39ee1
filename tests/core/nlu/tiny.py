"""A BERT of 32 numbers a token with random weights, in the form that `jianyan build` leaves behind."""

import json
from pathlib import Path

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789:?!,.'我你他不要想看恐怖片喜剧好的这部过了来点第二个一般随便很"


def write_tiny(directory: Path, layers: int = 2, seed: int = 0, stamped: bool = True) -> Path:
    """Config, weights and a tokenizer with one piece a character; halves and a stamp as `build_encoder` writes."""
    import torch
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    from core.nlu.weights import SOURCE, STAMP

    special = ["<s>", "<pad>", "</s>", "<unk>"]
    pieces = [(piece, 0.0) for piece in special] + [(piece, -2.0) for piece in ["▁", *LETTERS]]
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=3))
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always", split=False)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<s>",
        eos_token="</s>",
        pad_token="<pad>",
        unk_token="<unk>",
        model_max_length=128,
    )
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=len(pieces),
        hidden_size=32,
        num_hidden_layers=layers,
        num_attention_heads=2,
        intermediate_size=48,
        max_position_embeddings=128,
        pad_token_id=1,
        initializer_range=0.2,
    )
    model = BertModel(config, add_pooling_layer=not stamped)
    (model.half() if stamped else model).save_pretrained(directory)
    fast.save_pretrained(directory)
    if stamped:
        (directory / STAMP).write_text(json.dumps({"source": SOURCE, "pieces": len(pieces)}), encoding="utf-8")
    return directory
