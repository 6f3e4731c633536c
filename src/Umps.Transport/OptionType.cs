using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Reflection;

namespace Umps.Transport;

/// <summary>What values an option takes: its type and range, how text becomes a value, and the sentence that says so.</summary>
/// <remarks>Types are listed one by one, not made by reflection: nothing is generated at run time, and a list of a new type needs its line in <see cref="MakeList"/>.</remarks>
internal sealed class OptionType
{
    private readonly Type _type;                    // of the value; of the elements, for a list
    private readonly OptionRangeAttribute? _range;

    private OptionType(Type type, bool isList, OptionRangeAttribute? range)
    {
        _type = type;
        IsList = isList;
        _range = range;
    }

    /// <summary>Several values: "a, b" in one text, or numbered keys.</summary>
    public bool IsList { get; }

    /// <summary>What it takes, as a sentence's end: "a whole number from 16 to 100,000,000".</summary>
    public string Takes => IsList ? $"a list of at least one, each {TakesOne}" : TakesOne;

    private string TakesOne
    {
        get
        {
            if (_type.IsEnum)
                return string.Join(" or ", EnumNames());
            string what = _type == typeof(bool) ? "true or false" : _type == typeof(string) ? "a text" : _type == typeof(double) ? "a number" : "a whole number";
            return _range is null ? what : $"{what} from {N(_range.Min)} to {N(_range.Max)}";
        }
    }

    /// <summary>The type of a property; null when no text can give it.</summary>
    public static OptionType? Of(PropertyInfo property)
    {
        Type type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        bool isList = type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>);
        Type element = isList ? type.GetGenericArguments()[0] : type;
        bool known = isList
            ? MakeList(element, []) is not null
            : element.IsEnum || element == typeof(string) || element == typeof(bool) || element == typeof(int) || element == typeof(long) || element == typeof(double);
        return known ? new OptionType(element, isList, property.GetCustomAttribute<OptionRangeAttribute>()) : null;
    }

    /// <summary>Makes the value of one text, or of several for a list.</summary>
    /// <returns>False: not a value of the type, or out of range.</returns>
    public bool TryParse(IReadOnlyList<string> texts, out object? value)
    {
        value = null;
        var elements = new List<object>();
        foreach (string text in texts)
        {
            if (!TryParseOne(text.Trim(), out object? element) || !InRange(element))
                return false;
            elements.Add(element);
        }

        if (elements.Count == 0 || !IsList && elements.Count > 1)
            return false;
        value = IsList ? MakeList(_type, elements) : elements[0];
        return true;
    }

    /// <summary>Whether a value that a program gave may stand.</summary>
    public bool Admits(object? value) => value switch
    {
        null => !IsList,                                    // an option that may be absent
        string => true,
        IEnumerable list => list.Cast<object>().Any() && list.Cast<object>().All(InRange),
        _ => InRange(value),
    };

    private bool TryParseOne(string text, out object value)
    {
        value = text;
        if (_type == typeof(string))
            return true;
        if (_type.IsEnum)
            return EnumNames().Contains(text, StringComparer.OrdinalIgnoreCase) && Enum.TryParse(_type, text, ignoreCase: true, out value!);
        bool parsed;
        (parsed, value) = Type.GetTypeCode(_type) switch
        {
            TypeCode.Boolean => (bool.TryParse(text, out bool truth), (object)truth),
            TypeCode.Int32 => (int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out int number), number),
            TypeCode.Int64 => (long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out long number), number),
            _ => (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number), number),
        };
        return parsed;
    }

    private bool InRange(object value)
    {
        if (value is string or bool)
            return true;
        double number = Convert.ToDouble(value, CultureInfo.InvariantCulture);
        return _range is null ? !double.IsNaN(number) : number >= _range.Min && number <= _range.Max;
    }

    private IEnumerable<string> EnumNames() =>
        Enum.GetNames(_type).Where(name => Enum.TryParse(_type, name, out object? value) && InRange(value));

    private static object? MakeList(Type element, List<object> values) =>
        element == typeof(AgentKind) ? values.Cast<AgentKind>().ToArray()
        : element == typeof(string) ? values.Cast<string>().ToArray()
        : element == typeof(int) ? values.Cast<int>().ToArray()
        : null;

    private static string N(double number) => number.ToString("#,0.#########", CultureInfo.InvariantCulture);
}
