using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Meridian.Cli;
using Meridian.Protocol.Rest;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Meridian.Tests.Cli;

/// <summary>A server behind TLS that only a private authority vouches for.</summary>
public sealed class PrivateAuthorityTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("meridian-ca-").FullName;
    private WebApplication _server = null!;

    private string Address => _server.Urls.First();

    public async ValueTask InitializeAsync()
    {
        using var key = RSA.Create(2048);
        var root = new CertificateRequest("CN=private root", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        root.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        using var authority = root.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        await File.WriteAllTextAsync(Path.Combine(_folder, "ca.pem"), authority.ExportCertificatePem());
        await File.WriteAllTextAsync(Path.Combine(_folder, "no.pem"), "nothing");

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, at => at.UseHttps(Issue(authority))));
        _server = builder.Build();
        _server.MapGet("/api/v1/sites", () => Results.Json(new Page<SiteView>([], NextCursor: null), RestJson.Options));
        _server.MapGet("/api/v1/whoami", () => Results.Json(new Identity("me", "lab", "vision", "member", "d", "1"), RestJson.Options));
        await _server.StartAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task It_is_believed_with_the_file_and_not_without()
    {
        var (without, _) = await RunAsync("site", "list", "--server", Address);
        var (with, _) = await RunAsync("site", "list", "--server", Address, "--ca", Path.Combine(_folder, "ca.pem"));

        Assert.Equal((6, 0), (without, with));
    }

    [Fact]
    public async Task The_server_s_name_must_be_right_all_the_same()
    {
        var (exit, _) = await RunAsync(
            "site", "list", "--server", Address.Replace("127.0.0.1", "localhost", StringComparison.Ordinal), "--ca", Path.Combine(_folder, "ca.pem"));

        Assert.Equal(6, exit);
    }

    [Fact]
    public async Task A_file_without_certificates_is_a_usage_error()
    {
        var (exit, error) = await RunAsync("site", "list", "--server", Address, "--ca", Path.Combine(_folder, "no.pem"));

        Assert.Equal(2, exit);
        Assert.Contains("holds no certificate", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Login_remembers_the_file()
    {
        var (signedIn, _) = await RunAsync("login", Address, "--ca", Path.Combine(_folder, "ca.pem"), "--token-file", Token());
        var (later, _) = await RunAsync("site", "list");

        Assert.Equal((0, 0), (signedIn, later));
    }

    private string Token()
    {
        var path = Path.Combine(_folder, "token");
        File.WriteAllText(path, "mdn_secret");
        return path;
    }

    private static X509Certificate2 Issue(X509Certificate2 authority)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=server", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var bare = request.Create(authority, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1), [1, 2, 3]);
        using var whole = bare.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), password: null);
    }

    private async Task<(int Exit, string Error)> RunAsync(params string[] args)
    {
        using var transport = new SocketsHttpHandler();
        using var error = new StringWriter();
        var exit = await MeridianCli.RunAsync(args, new CliContext
        {
            Out = TextWriter.Null,
            Error = error,
            In = TextReader.Null,
            Environment = name => name == "HOME" ? _folder : null,
            Transport = transport,
        });
        return (exit, error.ToString());
    }
}
