using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Reflection;

namespace Umps.Transport;

/// <summary>One option: its path, its property of a record, its value and where that came from.</summary>
internal sealed class Option
{
    private readonly IOptionGroup _group;
    private readonly PropertyInfo _property;

    private Option(IOptionGroup group, PropertyInfo property, string section)
    {
        _group = group;
        _property = property;
        Path = $"{section}:{property.Name}";
        Type = OptionType.Of(property);
    }

    /// <summary>"Umps:Transport:Agents".</summary>
    public string Path { get; }

    /// <summary>What values it takes; null: none that text can give.</summary>
    public OptionType? Type { get; }

    /// <summary>Where the value came from.</summary>
    public string Origin { get; private set; } = "default";

    /// <summary>An internal property: a program's record carries it, and nothing else gives or shows it.</summary>
    public bool IsHidden => _property.GetMethod?.IsPublic != true;

    /// <summary>The value that the record holds.</summary>
    public object? Value => _property.GetValue(_group);

    /// <summary>The options of a record and of the records in it, in the order in which they are declared.</summary>
    public static IEnumerable<Option> Under(IOptionGroup group, string section)
    {
        foreach (PropertyInfo property in group.GetType().GetProperties(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance))
        {
            if (property.SetMethod is null)
                continue;
            if (property.GetValue(group) is IOptionGroup inner)
            {
                foreach (Option option in Under(inner, $"{section}:{property.Name}"))
                    yield return option;
            }
            else
            {
                yield return new Option(group, property, section);
            }
        }
    }

    /// <summary>A record and the records in it, each with its section.</summary>
    public static IEnumerable<(string Section, IOptionGroup Group)> Groups(IOptionGroup group, string section) =>
        Under(group, section).Select(option => (Section: option.Path[..option.Path.LastIndexOf(':')], Group: option._group)).DistinctBy(pair => pair.Section);

    /// <summary>Writes the record's property, which only a record nobody else knows may bear: it has an init accessor.</summary>
    public void Set(object? value, string origin)
    {
        _property.SetValue(_group, value);
        Origin = origin;
    }

    /// <summary>The value as people write it.</summary>
    public static string Show(object? value) => value switch
    {
        null => "none",
        string text => text.Length == 0 ? "none" : text,
        bool truth => truth ? "true" : "false",
        IEnumerable list => string.Join(", ", list.Cast<object>().Select(Show)),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
