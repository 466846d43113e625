using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;

namespace Scenograph.Torch.Serialization.Pickle;

/// <summary>
/// Reads one pickle of protocol 0 to 5 (the opcodes are described in Python's <c>pickletools</c>) into inert data. It has no way to
/// call anything: what Python would call becomes a value that <see cref="IPickleConstructors"/> knows how to build, or a
/// <see cref="PickleObject"/>. It does not recurse, so that no depth can exhaust the stack, and takes memory in proportion to the file.
/// </summary>
internal sealed partial class PickleMachine(ByteSource source, PickleInput input, PickleBudget budget, IPickleConstructors constructors)
{
    private static readonly object[] SmallNumbers = [.. Enumerable.Range(0, 256).Select(value => (object)(long)value)];
    private static readonly object True = true;
    private static readonly object False = false;

    private readonly List<object?> stack = [];
    private readonly List<int> marks = [];
    private readonly Dictionary<long, object?> memo = [];

    /// <summary>Reads up to the pickle's STOP.</summary>
    /// <exception cref="InputException">The pickle is truncated, broken, hostile, or of a kind that torch does not write.</exception>
    public object? Read()
    {
        while (true)
        {
            var at = input.Position;
            var code = input.Byte();
            budget.Charge(PickleBudget.Operation);
            if (code == '.')
            {
                return Pop();
            }
            if (!Simple(code) && !Number(code) && !Text(code) && !Container(code) && !Call(code) && !Memory(code))
            {
                throw source.Refuse($"the pickle has the unknown opcode 0x{code:x2} at byte {at:N0}");
            }
        }
    }

    private bool Simple(byte code)
    {
        switch (code)
        {
            case (byte)'(':
                marks.Add(stack.Count);
                return true;
            case (byte)'0':
                // Python's own reader: a mark on top goes first.
                if (marks.Count > 0 && marks[^1] == stack.Count)
                {
                    marks.RemoveAt(marks.Count - 1);
                    return true;
                }
                Pop();
                return true;
            case (byte)'1':
                PopToMark();
                return true;
            case (byte)'2':
                Push(Top());
                return true;
            case (byte)'N':
                Push(null);
                return true;
            case 0x88:
                Push(True);
                return true;
            case 0x89:
                Push(False);
                return true;
            case 0x80:
                if (input.Byte() is > 5 and var protocol)
                {
                    throw source.Refuse($"the pickle has protocol {protocol}, but 0 to 5 are known");
                }
                return true;
            case 0x95:
                input.Int64(); // a frame's length only helps to read ahead
                return true;
            default:
                return false;
        }
    }

    private bool Number(byte code)
    {
        switch (code)
        {
            case (byte)'K':
                Push(SmallNumbers[input.Byte()]);
                return true;
            case (byte)'M':
                Push((long)input.UInt16());
                return true;
            case (byte)'J':
                Push((long)input.Int32());
                return true;
            case (byte)'G':
                Push(input.BigEndianDouble());
                return true;
            case (byte)'I':
                Push(input.Line() switch { "00" => False, "01" => True, var digits => Integer(digits) });
                return true;
            case (byte)'L':
                Push(Integer(input.Line().TrimEnd('L')));
                return true;
            case (byte)'F':
                Push(double.TryParse(input.Line(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : throw Broken("a number"));
                return true;
            case 0x8a:
                PushLong(input.Byte());
                return true;
            case 0x8b:
                PushLong(input.Int32());
                return true;
            default:
                return false;
        }
    }

    private bool Text(byte code)
    {
        switch (code)
        {
            case (byte)'X':
                Push(Utf8((uint)input.Int32()));
                return true;
            case 0x8c:
                Push(Utf8(input.Byte()));
                return true;
            case 0x8d:
                Push(Utf8(input.Int64()));
                return true;
            case (byte)'T':
                Push(Utf8(input.Int32())); // text of Python 2
                return true;
            case (byte)'U':
                Push(Utf8(input.Byte()));
                return true;
            case (byte)'S':
                Push(Quoted(input.Line()));
                return true;
            case (byte)'V':
                Push(RawUnicode().Replace(input.Line(), match => Escaped(match.Value)));
                return true;
            case (byte)'B':
                Push(Bytes((uint)input.Int32()));
                return true;
            case (byte)'C':
                Push(Bytes(input.Byte()));
                return true;
            case 0x8e or 0x96:
                Push(Bytes(input.Int64()));
                return true;
            default:
                return false;
        }
    }

    private bool Container(byte code)
    {
        switch (code)
        {
            case (byte)')':
                Push(new PickleTuple([]));
                return true;
            case 0x85 or 0x86 or 0x87:
                Push(new PickleTuple(PopMany(code - 0x84)));
                return true;
            case (byte)'t':
                Push(new PickleTuple(PopToMark()));
                return true;
            case (byte)']':
                Push(new PickleList([]));
                return true;
            case (byte)'l':
                Push(new PickleList([.. PopToMark()]));
                return true;
            case (byte)'}':
                Push(new PickleDictionary([]));
                return true;
            case (byte)'d':
                var made = new PickleDictionary([]);
                SetItems(made, PopToMark());
                Push(made);
                return true;
            case 0x8f:
                Push(new PickleSet([]));
                return true;
            case 0x91:
                Push(new PickleSet([.. PopToMark()]));
                return true;
            case (byte)'a':
                var item = Pop();
                Append(Top(), [item]);
                return true;
            case (byte)'e' or 0x90:
                var items = PopToMark();
                Append(Top(), items);
                return true;
            case (byte)'s':
                var pair = PopMany(2);
                SetItems(Top(), pair);
                return true;
            case (byte)'u':
                var pairs = PopToMark();
                SetItems(Top(), pairs);
                return true;
            default:
                return false;
        }
    }

    private bool Call(byte code)
    {
        switch (code)
        {
            case (byte)'c':
                var module = input.Line();
                Push(Global(module, input.Line()));
                return true;
            case 0x93:
                Push(PopMany(2) is [string from, string name] ? Global(from, name) : throw Broken("a name"));
                return true;
            case (byte)'R' or 0x81:
                Construct(PopMany(2));
                return true;
            case 0x92:
                var parts = PopMany(3);
                Construct(parts[..2]); // keyword arguments are for objects that stay inert anyway
                return true;
            case (byte)'i':
                var ofModule = input.Line();
                var constructor = Global(ofModule, input.Line());
                Construct([constructor, new PickleTuple(PopToMark())]);
                return true;
            case (byte)'o':
                var all = PopToMark();
                Construct(all.Length > 0 ? [all[0], new PickleTuple(all[1..])] : throw Broken("a class"));
                return true;
            case (byte)'b':
                var state = Pop();
                if (Top() is PickleObject built)
                {
                    built.State = state; // other values (an OrderedDict's _metadata, a Parameter's hooks) need none
                }
                return true;
            case (byte)'Q':
                Push(constructors.Persistent(Pop()));
                return true;
            case (byte)'P':
                Push(constructors.Persistent(input.Line()));
                return true;
            default:
                return false;
        }
    }

    private bool Memory(byte code)
    {
        switch (code)
        {
            case (byte)'q':
                memo[input.Byte()] = Top();
                return true;
            case (byte)'r':
                memo[(uint)input.Int32()] = Top();
                return true;
            case (byte)'p':
                memo[Index(input.Line())] = Top();
                return true;
            case 0x94:
                memo[memo.Count] = Top();
                return true;
            case (byte)'h':
                Recall(input.Byte());
                return true;
            case (byte)'j':
                Recall((uint)input.Int32());
                return true;
            case (byte)'g':
                Recall(Index(input.Line()));
                return true;
            default:
                return false;
        }
    }

    private PickleGlobal Global(string module, string name)
    {
        budget.Charge(PickleBudget.Operation + 2 * (module.Length + name.Length));
        var global = new PickleGlobal(module, name);
        return PickleGlobals.IsHostile(global)
            ? throw source.Refuse($"the pickle wants to use {global.ToString()}, which no checkpoint needs and attacks do; nothing was executed and the file is refused")
            : global;
    }

    private void Construct(object?[] parts)
    {
        if (parts[1] is not PickleTuple arguments)
        {
            throw Broken("a tuple of arguments");
        }
        Push(parts[0] switch
        {
            PickleGlobal constructor => constructors.Construct(constructor, arguments) is var (known, value) && known ? value : Inert(constructor, arguments),
            // Python would call an object that the pickle has made; here that is one more inert object.
            PickleObject callable => Inert(callable.Constructor, arguments),
            _ => throw Broken("a class or function"),
        });
    }

    private PickleObject Inert(PickleGlobal constructor, PickleTuple arguments)
    {
        budget.Charge(2 * PickleBudget.Operation);
        return new PickleObject(constructor, arguments);
    }

    private void Append(object? target, object?[] items)
    {
        var list = target switch
        {
            PickleList made => made.Items,
            PickleSet made => made.Items,
            PickleObject made => made.Items,
            _ => throw Broken("a list"),
        };
        list.AddRange(items);
    }

    private void SetItems(object? target, object?[] pairs)
    {
        var entries = target switch
        {
            PickleDictionary made => made.Entries,
            PickleObject made => made.Entries.Entries,
            _ => throw Broken("a dictionary"),
        };
        if (pairs.Length % 2 != 0)
        {
            throw Broken("a value for each key");
        }
        for (var i = 0; i < pairs.Length; i += 2)
        {
            entries.Add(new KeyValuePair<object?, object?>(pairs[i], pairs[i + 1]));
        }
    }

    private void Push(object? value) => stack.Add(value);

    private int Floor => marks.Count == 0 ? 0 : marks[^1];

    private object? Top() => stack.Count > Floor ? stack[^1] : throw Broken("a value on the stack");

    private object? Pop()
    {
        var value = Top();
        stack.RemoveAt(stack.Count - 1);
        return value;
    }

    private object?[] PopMany(int count)
    {
        if (stack.Count - Floor < count)
        {
            throw Broken("a value on the stack");
        }
        var values = stack.GetRange(stack.Count - count, count).ToArray();
        stack.RemoveRange(stack.Count - count, count);
        return values;
    }

    private object?[] PopToMark()
    {
        if (marks.Count == 0)
        {
            throw Broken("a mark on the stack");
        }
        var values = PopMany(stack.Count - marks[^1]);
        marks.RemoveAt(marks.Count - 1);
        return values;
    }

    private void Recall(long index) => Push(memo.TryGetValue(index, out var value) ? value : throw Broken("a remembered value"));

    private long Index(string digits) => long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : throw Broken("a number");

    private object Integer(string digits)
    {
        const int longest = 1000; // reading decimal digits takes quadratic time
        if (long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
        {
            return value;
        }
        return digits.Length <= longest && BigInteger.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var large) ? large : throw Broken("a number");
    }

    private void PushLong(int length)
    {
        var value = new BigInteger(Bytes(length));
        if (value < long.MinValue || value > long.MaxValue)
        {
            Push(value);
            return;
        }
        Push((long)value);
    }

    private byte[] Bytes(long length)
    {
        budget.Charge(Math.Clamp(length, 0, source.Length));
        return input.Bytes(length);
    }

    private string Utf8(long length)
    {
        budget.Charge(3 * Math.Clamp(length, 0, source.Length));
        return Encoding.UTF8.GetString(input.Bytes(length));
    }

    private string Escaped(string escape)
    {
        var code = int.Parse(escape.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        return code <= 0xffff ? ((char)code).ToString() : Rune.TryCreate(code, out var rune) ? rune.ToString() : throw Broken("a letter");
    }

    [GeneratedRegex(@"\\u[0-9a-fA-F]{4}|\\U[0-9a-fA-F]{8}", RegexOptions.CultureInvariant)]
    private static partial Regex RawUnicode();

    private string Quoted(string line) => line.Length >= 2 && line[0] == line[^1] && line[0] is '\'' or '"' ? line[1..^1] : throw Broken("a quoted text");

    private InputException Broken(string wanted) => source.Refuse($"the pickle is damaged: before byte {input.Position:N0} {wanted} was expected");
}
