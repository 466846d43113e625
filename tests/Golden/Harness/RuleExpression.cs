using System.Globalization;

namespace Scenograph.Tests.Golden.Harness;

/// <summary>
/// A rule of a golden case as in its README, section 4: numbers, names, + - * / and comparisons, and a few functions on arrays
/// with numpy's broadcasting, all in float64. Comparisons give 1 and 0.
/// </summary>
public sealed class RuleExpression
{
    private readonly Func<RuleScope, HostArray> evaluate;

    private RuleExpression(string text, Func<RuleScope, HostArray> evaluate)
    {
        Text = text;
        this.evaluate = evaluate;
    }

    public string Text { get; }

    /// <exception cref="FormatException">The text is no rule.</exception>
    public static RuleExpression Parse(string text)
    {
        var parser = new Parser(text);
        return new RuleExpression(text, parser.Whole());
    }

    /// <summary>The value as the arithmetic gives it; a constant stays a scalar.</summary>
    /// <exception cref="FormatException">A name is unknown or shapes do not fit.</exception>
    public HostArray Evaluate(RuleScope scope) => evaluate(scope);

    /// <summary>The value in the shape that the scope asks for.</summary>
    /// <inheritdoc cref="Evaluate"/>
    public HostArray EvaluateToShape(RuleScope scope)
    {
        var value = Evaluate(scope);
        var whole = ArrayFunctions.BroadcastTo(value, scope.Shape);
        return whole ?? throw new FormatException(
            $"rule '{Text}' gives shape {HostArray.Describe(value.Shape)} instead of {HostArray.Describe(scope.Shape)}");
    }

    /// <summary>Recursive descent; comparison binds weakest, then + -, then * /, then the sign.</summary>
    private sealed class Parser(string text)
    {
        private const int DeepestNesting = 100;
        private int position;
        private int depth;

        public Func<RuleScope, HostArray> Whole()
        {
            var whole = Comparison();
            SkipBlanks();
            return position == text.Length ? whole : throw Broken();
        }

        private Func<RuleScope, HostArray> Comparison()
        {
            if (++depth > DeepestNesting)
            {
                throw Broken();
            }

            var left = Sum();
            foreach (var (symbol, compare) in ArrayFunctions.Comparisons)
            {
                if (Accept(symbol))
                {
                    var first = left;
                    var second = Sum();
                    left = scope => ArrayFunctions.Combine(first(scope), second(scope), (a, b) => compare(a, b) ? 1 : 0);
                    break;
                }
            }

            depth--;
            return left;
        }

        private Func<RuleScope, HostArray> Sum()
        {
            var left = Product();
            while (true)
            {
                if (Accept("+"))
                {
                    left = Binary(left, Product(), (a, b) => a + b);
                }
                else if (Accept("-"))
                {
                    left = Binary(left, Product(), (a, b) => a - b);
                }
                else
                {
                    return left;
                }
            }
        }

        private Func<RuleScope, HostArray> Product()
        {
            var left = Signed();
            while (true)
            {
                if (Accept("*"))
                {
                    left = Binary(left, Signed(), (a, b) => a * b);
                }
                else if (Accept("/"))
                {
                    left = Binary(left, Signed(), (a, b) => a / b);
                }
                else
                {
                    return left;
                }
            }
        }

        private Func<RuleScope, HostArray> Signed()
        {
            var negative = false;
            while (Accept("-"))
            {
                negative = !negative;
            }

            var operand = Primary();
            return negative ? scope => operand(scope).Select(value => -value) : operand;
        }

        private Func<RuleScope, HostArray> Primary()
        {
            if (Accept("("))
            {
                var inner = Comparison();
                return Accept(")") ? inner : throw Broken();
            }

            SkipBlanks();
            if (position < text.Length && (char.IsAsciiDigit(text[position]) || text[position] == '.'))
            {
                return Number();
            }

            var start = position;
            while (position < text.Length && (char.IsAsciiLetterOrDigit(text[position]) || text[position] == '_'))
            {
                position++;
            }

            var name = text[start..position];
            if (name.Length == 0)
            {
                throw Broken();
            }

            return Accept("(") ? Call(name) : scope => scope.Resolve(name);
        }

        private Func<RuleScope, HostArray> Number()
        {
            var start = position;
            while (position < text.Length && (char.IsAsciiLetterOrDigit(text[position]) || text[position] == '.'
                || (text[position] is '+' or '-' && text[position - 1] is 'e' or 'E')))
            {
                position++;
            }

            if (!double.TryParse(text.AsSpan(start, position - start), NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            {
                throw Broken();
            }

            var constant = HostArray.Scalar(number);
            return _ => constant;
        }

        private Func<RuleScope, HostArray> Call(string name)
        {
            var arguments = new List<Func<RuleScope, HostArray>>();
            do
            {
                arguments.Add(Comparison());
            }
            while (Accept(","));

            if (!Accept(")"))
            {
                throw Broken();
            }

            var function = ArrayFunctions.Find(name, arguments.Count)
                ?? throw new FormatException($"rule '{text}' calls {name} with {arguments.Count} arguments, which is no function");
            return scope => function([.. arguments.Select(argument => argument(scope))]);
        }

        private static Func<RuleScope, HostArray> Binary(
            Func<RuleScope, HostArray> left, Func<RuleScope, HostArray> right, Func<double, double, double> combine) =>
            scope => ArrayFunctions.Combine(left(scope), right(scope), combine);

        private bool Accept(string symbol)
        {
            SkipBlanks();
            if (string.CompareOrdinal(text, position, symbol, 0, symbol.Length) != 0)
            {
                return false;
            }

            position += symbol.Length;
            return true;
        }

        private void SkipBlanks()
        {
            while (position < text.Length && char.IsWhiteSpace(text[position]))
            {
                position++;
            }
        }

        private FormatException Broken() => new($"rule '{text}' cannot be read at character {position}");
    }
}
